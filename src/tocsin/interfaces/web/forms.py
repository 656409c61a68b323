"""Every address that takes what somebody typed, beside those for signing in and for one's own account."""

from __future__ import annotations

from tocsin.interfaces.web.pages import (
    assess_sent,
    audit_log,
    compose_sent,
    field_sent,
    lexicon_asked,
    lexicon_files,
    register_sent,
    releasing_sent,
    round_readout,
    rounds_register,
    rounds_sent,
)
from tocsin.interfaces.web.posting import Form, posted

__all__ = ["FORMS", "Form", "posted"]

FORMS: tuple[Form, ...] = (
    Form("/compose", ("POST",), compose_sent.sent),
    Form("/compose/preview", ("POST",), compose_sent.previewed),
    Form("/compose/draft", ("POST",), compose_sent.kept),
    Form("/statement/{id}/recall", ("POST",), compose_sent.recalled),
    Form("/assess/{place}", ("POST",), assess_sent.sent),
    Form("/assess/{place}/draft", ("POST",), assess_sent.kept),
    Form("/assessment/{id}/sign-off", ("POST",), assess_sent.signed),
    Form("/contribute", ("POST",), field_sent.contributed),
    Form("/contribute/preview", ("POST",), field_sent.previewed),
    Form("/contribute/draft", ("POST",), field_sent.contribution_kept),
    Form("/requests", ("POST",), field_sent.requested),
    Form("/requests/draft", ("POST",), field_sent.request_kept),
    Form("/contribution/{id}/reply", ("POST",), field_sent.replied),
    Form("/contribution/{id}/draft", ("POST",), field_sent.reply_kept),
    Form("/rounds/register", ("POST",), rounds_register.sent),
    Form("/rounds/register/preview", ("POST",), rounds_register.previewed),
    Form("/rounds/draft", ("POST",), rounds_sent.kept),
    Form("/round/{id}/declare", ("POST",), rounds_sent.declared),
    Form("/round/{id}/answer/{question}", ("POST",), rounds_sent.answered),
    Form("/round/{id}/wishes", ("POST",), rounds_sent.wished),
    Form("/round/{id}/close", ("POST",), rounds_sent.closed),
    Form("/round/{id}/take-back", ("POST",), rounds_sent.taken_back),
    Form("/round/{id}/step", ("POST",), rounds_sent.stepped),
    Form("/round/{id}/recommend", ("POST",), rounds_sent.recommended),
    Form(round_readout.PATH, ("GET",), round_readout.taken),
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
    Form("/yardsticks", ("GET",), lexicon_asked.asked),
    Form("/lexicon/{scheme}.ttl", ("GET",), lexicon_files.as_turtle),
    Form("/lexicon/{scheme}.jsonld", ("GET",), lexicon_files.as_json_ld),
)
