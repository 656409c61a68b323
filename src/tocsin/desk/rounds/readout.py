"""A finished round as a document that leaves the node: what it came to, with every dissent, the reasons, the advice.

What is told of persons is what the round agreed to. Taking it is on record before it is handed out.
"""

from __future__ import annotations

from collections import Counter

from tocsin.core.convening import Stage
from tocsin.core.errors import BriefError
from tocsin.core.instant import moment
from tocsin.core.marking import TLP, strictest
from tocsin.desk import fiction, people
from tocsin.desk.document import Block, Facts, Heading, Paragraph, Readout, Saying, Sayings, SmallPrint, readable
from tocsin.desk.exporting import may_leave
from tocsin.desk.rounds import case as cases
from tocsin.desk.rounds.readout_differing import compared, section
from tocsin.desk.rounds.readout_model import beside, figures
from tocsin.desk.rounds.readout_model import section as modelled
from tocsin.desk.rounds.readout_question import asked
from tocsin.desk.rounds.readout_summary import summary, supported
from tocsin.desk.rounds.readout_twin import FORM, twin
from tocsin.desk.rounds.readout_words import Words, languages
from tocsin.desk.rounds.results import DRAWS
from tocsin.desk.rounds.showing import Told, told
from tocsin.desk.rounds.telling import Members, Telling, result_of
from tocsin.desk.views import View
from tocsin.desk.visit import Visit
from tocsin.desk.yardsticks import yardstick

__all__ = ["FORM", "languages", "readout"]

_STANDS = {
    Stage.REGISTERED: "registered and not open yet",
    Stage.FIRST: "open for first estimates",
    Stage.SECOND: "open for second estimates",
    Stage.CLOSING: "open for dissents",
    Stage.CANCELLED: "cancelled",
}


def readout(visit: Visit, id: str, form: str, *, language: str = "en", scale: str = "icd203") -> Readout:
    """The readout of a round, which goes on record as exported in this form. scale: the key of a yardstick.

    Errors: NotFound if there is no such round, or none for this person; BriefError if it is not finished, or there is
    no readout in this language; LexiconError for a yardstick that there is not; AccessError says why nobody, or only
    its convenor, takes it away.
    """
    words = Words(language)
    yardstick(scale)
    found = told(visit, id)
    if found.stage is not Stage.FINISHED:
        waits = found.stage is not Stage.CANCELLED
        raise BriefError(
            f"the round is {_STANDS[found.stage]}; only a finished round has a readout",
            where=id,
            remedy="Wait until its convenor has finished it" if waits else "Ask its convenor for another round",
        )
    used = _used(found)
    may_leave(visit, found.view.head)
    for view in used:
        # What was said in a round is under its terms, so the round's originator control is all there is; RED is RED.
        if view.head.marking.tlp is TLP.RED:
            may_leave(visit, view.head)
    with visit.reading() as sight:
        register = people.known_to(sight)
        invited = Counter(one.organisation for one in cases.participants(sight, cases.case_of(sight, id)))
    made = _document(visit, Telling(found, words, scale, register), invited, used)
    visit.note("exported", [id], {"form": form, "marking": made.banner})
    return made


def _used(found: Told) -> list[View]:
    """The statements that a readout is made from, beside the round."""
    opinions = [one.view for put in found.put for one in (*put.first, *put.second)]
    return [*opinions, *(put.result for put in found.put if put.result), *(one.view for one in found.advice)]


def _document(visit: Visit, telling: Telling, invited: Counter[str], used: list[View]) -> Readout:
    words, found = telling.words, telling.found
    members, pairs = telling.members(invited), compared(visit, telling)
    marking = strictest(found.view.head.marking, *{view.head.marking for view in used})
    prepared = moment(visit.store.clock()).date()
    model = beside(visit, found)
    blocks: list[Block] = [
        summary(telling),
        *(Paragraph(line) for line in found.round.purpose.splitlines() if line.strip()),
        *_participants(telling, members),
        *(block for number, put in enumerate(found.put, start=1) for block in asked(telling, number, put)),
        *section(telling, pairs),
        *_recommended(telling),
        *modelled(model, words),
        _small_print(telling, marking.label),
    ]
    subtitle = words("subtitle", kind=words("kind"), subject=telling.subject(), date=words.day(prepared))
    return Readout(
        title=readable(found.round.title),
        subtitle=readable(subtitle),
        marking=marking.tlp,
        caveats=tuple(sorted(marking.caveats)),
        prepared=prepared,
        blocks=readable(tuple(blocks)),
        language=words("tag"),
        watermark=fiction.watermark(visit.store.world),
        foot=words("foot"),
        id=found.view.id,
        twin=twin(telling, members, pairs) | {"model": figures(model)},
    )


def _participants(telling: Telling, members: Members) -> list[Block]:
    words = telling.words
    if members.invited is None:
        number = words("people_few")
    elif members.organisations is None:
        number = words("people", number=members.invited)
    else:
        number = words("people_of", number=members.invited, organisations=members.organisations)
    entries = [(words("invited"), number)]
    if members.named:
        entries.append((words("spoke"), words("stop").join(members.named)))
    entries.append((words("attribution"), words(telling.found.round.attributed)))
    return [Heading(words("participants")), Facts(tuple(entries))]


def _recommended(telling: Telling) -> list[Block]:
    words, head = telling.words, Heading(telling.words("recommendations"))
    said = tuple(Saying(one.text, supported(telling, one)) for one in telling.advice())
    return [head, Sayings(said) if said else Paragraph(words("no_recommendations"))]


def _small_print(telling: Telling, banner: str) -> SmallPrint:
    words, found = telling.words, telling.found
    how = words("how_text", method=words.method(found.round.method), draws=DRAWS)
    return SmallPrint(
        (
            (words("how"), how),
            (words("vocabulary"), found.view.shown.get("vocabulary") or words("vocabulary_none")),
            (words("handling"), words("handling_text", banner=banner)),
            (words("check"), words("check_text")),
            *_checks(telling),
        )
    )


def _checks(telling: Telling) -> list[tuple[str, str]]:
    """The identities by which the round, and each result, can be checked."""
    words = telling.words
    checks = [(words("check_round"), telling.found.view.id)]
    for number, put in enumerate(telling.found.put, start=1):
        if put.result and (body := result_of(put)):
            checks.append((words("check_result", number=number), put.result.id))
            checks += [(words("check_rests"), body.rests_on)] if body.rests_on else []
    return checks
