"""Organisations and persons, as far as the visitor may know them; for stewards, how to add and change them."""

from __future__ import annotations

from tocsin.core.seeing import Affiliation, Role
from tocsin.desk.people import directory
from tocsin.desk.reading import facts, read
from tocsin.desk.visit import Visit
from tocsin.interfaces.web.labels import Labels
from tocsin.interfaces.web.naming import named
from tocsin.interfaces.web.page import Page, Params, over, table
from tocsin.interfaces.web.pages.groups import Try, internal


def organisations_page(visit: Visit, params: Params) -> Page:
    """``/organisations``: all organisations by name, and the persons whom the visitor may know."""
    return built(visit, Labels.read(params), Try())


def built(visit: Visit, labels: Labels, tried: Try) -> Page:
    """The page, with what was tried and did not succeed."""
    header, register = facts(read(visit.settings)), directory(visit)
    organisations = sorted(register.organisations.values(), key=lambda one: (one.name.casefold(), one.id))
    persons = sorted(register.persons.values(), key=lambda one: (one.organisation, one.name.casefold(), one.id))
    rows = [
        {
            "person": one.id,
            "name": one.name,
            "organisation": one.organisation,
            "affiliation": str(one.affiliation),
            # None where it is not for the reader to know; every account has a role.
            "roles": "; ".join(sorted(one.roles)) or None,
            "account": "open" if one.active else "closed",
        }
        for one in persons
    ]
    listed = [{"organisation": one.id, "name": one.name} for one in organisations]
    marking = over(header, internal(visit))
    return Page(
        stem="/organisations",
        title="Organisations and persons",
        facts=header,
        content={
            "labels": labels,
            "organisations": organisations,
            "persons": persons,
            "names": named(register),
            "adds": Role.STEWARD in visit.roles,
            "roles": tuple(Role),
            "affiliations": tuple(Affiliation),
            "me": visit.actor.person,
            "tried": tried,
        },
        twin={},
        tables={
            "organisations": table("Organisations", ("organisation", "name"), listed, marking),
            "persons": table(
                "Persons", ("person", "name", "organisation", "affiliation", "roles", "account"), rows, marking
            ),
        },
        marking=internal(visit),
    )
