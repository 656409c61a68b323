"""Every address that takes what somebody typed, beside those for signing in and for one's own account."""

from __future__ import annotations

from tocsin.interfaces.web.pages import audit_log, compose_sent, register_sent, releasing_sent
from tocsin.interfaces.web.posting import Form, posted

__all__ = ["FORMS", "Form", "posted"]

FORMS: tuple[Form, ...] = (
    Form("/compose", ("POST",), compose_sent.sent),
    Form("/compose/preview", ("POST",), compose_sent.previewed),
    Form("/compose/draft", ("POST",), compose_sent.kept),
    Form("/statement/{id}/recall", ("POST",), compose_sent.recalled),
    Form("/groups", ("POST",), register_sent.group_added),
    Form("/groups/{id}/join", ("POST",), register_sent.joined),
    Form("/groups/{id}/leave", ("POST",), register_sent.left),
    Form("/groups/{id}/back-fill", ("POST",), register_sent.back_filled),
    Form("/organisations", ("POST",), register_sent.organisation_added),
    Form("/organisations/persons", ("POST",), register_sent.person_added),
    Form("/organisations/persons/change", ("POST",), register_sent.person_changed),
    Form("/audit/verify", ("POST",), audit_log.verified),
    Form("/derive/{id}", ("POST",), releasing_sent.derived),
    Form("/proposal/{id}/approve", ("POST",), releasing_sent.approved),
    Form("/proposal/{id}/release", ("POST",), releasing_sent.released),
    Form("/statement/{id}/file.{form}", ("GET",), releasing_sent.taken),
)
