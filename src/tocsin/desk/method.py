"""How the numbers are made: the procedure, its predictors and their coefficients."""

from __future__ import annotations

from dataclasses import dataclass

from tocsin.core.settings import Settings
from tocsin.desk.reading import Facts, facts, read
from tocsin.panel.features import onset_features


@dataclass(frozen=True)
class Predictor:
    """A predictor, described, with its coefficient in each model of the release that has one."""

    feature: str
    label: str
    theme: str
    unit: str
    description: str
    source: str
    coefficients: dict[str, float]


@dataclass(frozen=True)
class MethodView:
    """The procedure of the release that serves. models: keys of the models with coefficients; protocol: topic, text."""

    facts: Facts
    protocol: dict[str, str]
    models: tuple[str, ...]
    predictors: tuple[Predictor, ...]


def method_view(settings: Settings) -> MethodView:
    """The method of the release that serves; terms it has a coefficient for but we do not describe come last."""
    reading = read(settings)
    release = reading.release
    described = {feature.id: feature for feature in onset_features()}
    named = dict.fromkeys([*described, *(name for model in release.coefficients.values() for name in model)])
    predictors = []
    for name in named:
        feature = described.get(name)
        predictors.append(
            Predictor(
                feature=name,
                label=feature.label if feature else name,
                theme=feature.theme if feature else "",
                unit=feature.unit if feature else "",
                description=feature.description if feature else "",
                source=feature.source if feature else "",
                coefficients={key: model[name] for key, model in release.coefficients.items() if name in model},
            )
        )
    return MethodView(facts(reading), release.protocol, tuple(release.coefficients), tuple(predictors))
