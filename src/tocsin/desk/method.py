"""How the numbers are made: the procedure, its predictors, and every number the model consists of."""

from __future__ import annotations

from dataclasses import dataclass

from tocsin.core.settings import Settings
from tocsin.desk.reading import Facts, facts, read
from tocsin.forecast.release import StepTerm
from tocsin.panel.features import onset_features

__all__ = ["MethodView", "Predictor", "StepTerm", "method_view"]


@dataclass(frozen=True)
class Predictor:
    """A predictor, described, with its coefficient in each model that has one and its step function, if any."""

    feature: str
    label: str
    theme: str
    unit: str
    description: str
    source: str
    coefficients: dict[str, float]
    steps: StepTerm | None


@dataclass(frozen=True)
class MethodView:
    """The procedure of the release that serves.

    protocol: topic and text. models: keys of the models with a coefficient for a predictor. constants: what models
    hold beside predictors (intercepts, weights), by model and name.
    """

    facts: Facts
    protocol: dict[str, str]
    models: tuple[str, ...]
    predictors: tuple[Predictor, ...]
    constants: dict[str, dict[str, float]]


def method_view(settings: Settings) -> MethodView:
    """The method of the release that serves."""
    reading = read(settings)
    release = reading.release
    described = onset_features()
    predictors = {feature.id for feature in described} | set(release.steps)
    models = release.coefficients
    constants = {
        key: {name: value for name, value in model.items() if name not in predictors} for key, model in models.items()
    }
    return MethodView(
        facts=facts(reading),
        protocol=release.protocol,
        models=tuple(key for key, model in models.items() if predictors & set(model)),
        predictors=tuple(
            Predictor(
                feature=feature.id,
                label=feature.label,
                theme=feature.theme,
                unit=feature.unit,
                description=feature.description,
                source=feature.source,
                coefficients={key: model[feature.id] for key, model in models.items() if feature.id in model},
                steps=release.steps.get(feature.id),
            )
            for feature in described
        ),
        constants={key: values for key, values in constants.items() if values},
    )
