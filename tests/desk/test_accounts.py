"""Accounts: invitations, the two steps, sessions, tokens, limits; on both databases, with a clock that stands."""

import threading

import pytest
from tests.account_team import HOUR, PASSWORD, SECOND, account_team, light_passwords

from tocsin.core.errors import (
    AccessError,
    NotFound,
    RegisterError,
    SignInNeeded,
    StatementError,
    TocsinError,
    TooManyAttempts,
)
from tocsin.core.register import PersonChanged
from tocsin.core.seeing import Role
from tocsin.core.settings import Settings
from tocsin.desk import accounts, attempts, passwords, sessions, signing_in
from tocsin.store.accounts import credential_of
from tocsin.store.tables import metadata

DAY = 24 * HOUR
HERE = "192.0.2.1"


IN_EARNEST, NOBODYS = passwords._hasher, passwords.NOBODYS


@pytest.fixture
def team(tmp_path, database, monkeypatch):
    light_passwords(monkeypatch)
    made = account_team(Settings(home=tmp_path, offline=True, database=database))
    yield made
    made.node.store.close()


@pytest.fixture
def ana(team):
    """A team whose analyst has an account, and her session."""
    return team.set_up("ana")


def visit(team, cookie):
    return sessions.by_session(team.node, cookie, "web").visit


def told(call, *arguments):
    with pytest.raises(TocsinError) as caught:
        call(*arguments)
    return str(caught.value)


# The first time ------------------------------------------------------------------------------------------------------


def test_an_invitation_sets_password_and_second_factor_and_opens_a_session(team):
    cookie = team.set_up("ana")

    seen = sessions.by_session(team.node, cookie, "web")
    assert (seen.visit.actor.person, seen.name, seen.organisation) == ("ana", "Ana Alvarez", "Alpha Office")
    assert team.acts()[-3:] == ["invited", "set up their account", "signed in"]
    assert sessions.by_session(team.node, team.sign_in("ana"), "web").visit.actor.person == "ana"


def test_an_invitation_is_used_once_and_runs_out(team):
    made = accounts.invite(team.node.operator("cli"), "ana")
    cookies = [signing_in.with_invitation(team.node, made.code, PASSWORD, HERE) for _ in range(2)]
    for cookie in cookies:
        team.keys[cookie] = signing_in.enrolment(team.node, cookie).key
    signing_in.enrol(team.node, cookies[0], team.code(cookies[0]), HERE)

    with pytest.raises(SignInNeeded):
        signing_in.enrol(team.node, cookies[1], team.code(cookies[1]), HERE)
    assert "not valid" in told(signing_in.with_invitation, team.node, made.code, PASSWORD, HERE)

    late = accounts.invite(team.node.operator("cli"), "bo")
    team.clock.turn(72 * 3600 + 1)
    assert "not valid" in told(signing_in.with_invitation, team.node, late.code, PASSWORD, HERE)


def test_an_invitation_that_runs_out_between_the_steps_is_over(team):
    made = accounts.invite(team.node.operator("cli"), "ana")
    team.clock.turn(72 * 3600 - 60)
    cookie = signing_in.with_invitation(team.node, made.code, PASSWORD, HERE)
    team.keys["ana"] = signing_in.enrolment(team.node, cookie).key
    team.clock.turn(120)

    with pytest.raises(SignInNeeded):
        signing_in.enrol(team.node, cookie, team.code("ana"), HERE)


def test_an_invitation_may_be_typed_with_blanks_and_capitals(team):
    made = accounts.invite(team.node.operator("cli"), "ana")
    assert signing_in.with_invitation(team.node, made.code.upper().replace("-", " "), PASSWORD, HERE)


def test_before_the_first_code_the_password_opens_nothing(team):
    made = accounts.invite(team.node.operator("cli"), "ana")
    signing_in.with_invitation(team.node, made.code, PASSWORD, HERE)

    assert "do not belong" in told(signing_in.with_password, team.node, "ana", PASSWORD, HERE)


@pytest.mark.parametrize(
    "password",
    [
        "short",
        "x" * 1001,
        "aaaaaaaaaaaaaaaa",
        "Ana-Alvarez-1234",
        "password12345678",
        "AlphaOffice!!1234",
        "qwertyuiop1234",
    ],
)
def test_a_password_that_anybody_would_try_is_refused_and_not_repeated(team, password):
    made = accounts.invite(team.node.operator("cli"), "ana")

    with pytest.raises(StatementError) as caught:
        signing_in.with_invitation(team.node, made.code, password, HERE)
    assert caught.value.field == "password"
    assert password not in str(caught.value)
    assert signing_in.with_invitation(team.node, made.code, PASSWORD, HERE)


def test_a_steward_invites_only_people_of_their_own_organisation(team):
    steward = visit(team, team.set_up("sam"))

    assert accounts.invite(steward, "ana").person == "ana"
    assert "own organisation" in told(accounts.invite, steward, "bo")
    assert "own organisation" in told(accounts.reset, steward, "bo")


def test_an_analyst_invites_nobody(team, ana):
    with pytest.raises(AccessError, match="steward"):
        accounts.invite(visit(team, ana), "sam")


@pytest.mark.parametrize("person", ["nobody", "gone", "local", "operator", "x\x00y", ""])
def test_only_open_accounts_are_invited(team, person):
    with pytest.raises(RegisterError):
        accounts.invite(team.node.operator("cli"), person)


def test_a_reset_takes_everything_that_signs_somebody_in(team, ana):
    token, _ = accounts.make_token(visit(team, ana), "notebook", "read", 10)
    assert "signs in already" in told(accounts.invite, team.node.operator("cli"), "ana")

    accounts.reset(team.node.operator("cli"), "ana")

    assert "do not belong" in told(signing_in.with_password, team.node, "ana", PASSWORD, HERE)
    for call, given in ((sessions.by_session, ana), (sessions.by_token, token)):
        with pytest.raises(SignInNeeded):
            call(team.node, given, "api")


# Signing in ----------------------------------------------------------------------------------------------------------


def test_neither_half_of_a_sign_in_shows_anything(team, ana):
    half = signing_in.with_password(team.node, "ana", PASSWORD, HERE)

    with pytest.raises(SignInNeeded):
        sessions.by_session(team.node, half, "web")


def test_a_sign_in_must_be_finished_soon(team, ana):
    half = signing_in.with_password(team.node, "ana", PASSWORD, HERE)
    team.clock.turn(15 * 60 + 1)

    with pytest.raises(SignInNeeded):
        signing_in.with_code(team.node, half, team.code("ana"), HERE)


def test_the_session_changes_with_the_second_factor(team, ana):
    half = signing_in.with_password(team.node, "ana", PASSWORD, HERE)
    whole = signing_in.with_code(team.node, half, team.next_code("ana"), HERE)

    assert whole != half
    with pytest.raises(SignInNeeded):
        signing_in.with_code(team.node, half, team.next_code("ana"), HERE)


def test_a_code_is_taken_once(team, ana):
    code = team.next_code("ana")
    signing_in.with_code(team.node, signing_in.with_password(team.node, "ana", PASSWORD, HERE), code, HERE)

    again = signing_in.with_password(team.node, "ana", PASSWORD, HERE)
    assert "not the code of now" in told(signing_in.with_code, team.node, again, code, HERE)


def test_the_code_that_set_up_the_account_is_not_taken_again(team, ana):
    half = signing_in.with_password(team.node, "ana", PASSWORD, HERE)
    assert "not the code of now" in told(signing_in.with_code, team.node, half, team.code("ana"), HERE)


@pytest.mark.parametrize("code", ["", "000000", "12345", "abcdef", "１２３４５６", "0" * 5000])
def test_what_is_no_code_is_refused(team, ana, code):
    half = signing_in.with_password(team.node, "ana", PASSWORD, HERE)
    assert "not the code of now" in told(signing_in.with_code, team.node, half, code, HERE)


def test_an_old_code_is_refused(team, ana):
    old = team.next_code("ana")
    team.clock.turn(90)
    half = signing_in.with_password(team.node, "ana", PASSWORD, HERE)
    assert "not the code of now" in told(signing_in.with_code, team.node, half, old, HERE)


def test_people_sign_in_by_email_too(team, ana):
    half = signing_in.with_password(team.node, " ANA@aa.example ", PASSWORD, HERE)
    assert sessions.by_session(team.node, signing_in.with_code(team.node, half, team.next_code("ana"), HERE), "web")


def test_wrong_unknown_closed_and_not_set_up_read_exactly_alike(team, ana):
    team.set_up("bo")
    team.close("bo")

    said = {
        told(signing_in.with_password, team.node, name, password, HERE)
        for name, password in (
            ("ana", "wrong password here"),
            ("nobody", PASSWORD),
            ("sam", PASSWORD),
            ("bo", PASSWORD),
            ("local", PASSWORD),
            ("", ""),
            ("x\x00" * 5000, PASSWORD),
        )
    }
    assert len(said) == 1


def test_an_unknown_name_costs_the_same_work(team, ana, monkeypatch):
    worked = []
    verify = type(passwords._hasher).verify
    monkeypatch.setattr(
        type(passwords._hasher),
        "verify",
        lambda hasher, kept, given: worked.append(kept) or verify(hasher, kept, given),
    )
    for name in ("ana", "nobody", "sam"):
        told(signing_in.with_password, team.node, name, "wrong password here", HERE)

    assert len(worked) == 3
    assert len({kept.rpartition("$")[0].rpartition("$")[0] for kept in worked}) == 1


def test_passwords_are_kept_with_argon2id_in_earnest():
    assert NOBODYS.startswith("$argon2id$v=19$m=65536,t=3,p=1$")
    assert not IN_EARNEST.check_needs_rehash(NOBODYS)
    assert IN_EARNEST.verify(NOBODYS, "nobody's")


def test_nothing_that_was_presented_is_in_the_store(team, ana):
    token, _ = accounts.make_token(visit(team, ana), "notebook", "read", 10)
    invited = accounts.invite(team.node.operator("cli"), "bo").code
    told(signing_in.with_password, team.node, "typed my password here", PASSWORD, HERE)

    with team.node.store.reading() as reader:
        content = repr([reader.connection.execute(table.select()).all() for table in metadata.sorted_tables])
    assert "'ana'" in content
    for secret in (PASSWORD, ana, token, invited, invited.replace("-", ""), "typed my password here"):
        assert secret not in content


# Limits --------------------------------------------------------------------------------------------------------------


def fail(team, name, times, address=HERE):
    for _ in range(times):
        told(signing_in.with_password, team.node, name, "wrong password here", address)


@pytest.mark.parametrize("name", ["ana", "nobody"])
def test_after_five_failures_an_account_waits_whether_it_exists_or_not(team, ana, name):
    fail(team, name, 5)

    with pytest.raises(TooManyAttempts) as caught:
        signing_in.with_password(team.node, name, PASSWORD, "192.0.2.99")
    assert 0 < caught.value.seconds <= 31
    assert team.acts()[-2:] == ["sign-in failed", "locked"]


def test_the_wait_doubles_and_ends(team, ana):
    fail(team, "ana", 5)
    waits = []
    for _ in range(8):
        with pytest.raises(TooManyAttempts) as caught:
            signing_in.with_password(team.node, "ana", PASSWORD, HERE)
        waits.append(caught.value.seconds)
        team.clock.turn(waits[-1])
        fail(team, "ana", 1, "198.51.100.7")
    assert waits == [31, 61, 121, 241, 481, 901, 901, 901]
    team.clock.turn(901)

    assert team.sign_in("ana")


def test_waiting_does_not_lengthen_the_wait(team, ana):
    fail(team, "ana", 5)
    for _ in range(20):
        with pytest.raises(TooManyAttempts):
            signing_in.with_password(team.node, "ana", PASSWORD, HERE)
    team.clock.turn(31)

    assert team.sign_in("ana")


def test_a_good_sign_in_forgets_the_failures_of_the_account(team, ana):
    fail(team, "ana", 4)
    team.sign_in("ana")
    fail(team, "ana", 4)

    assert team.sign_in("ana")


def test_one_address_cannot_try_many_names(team):
    for number in range(20):
        fail(team, f"name{number}", 1, "2001:db8::1")

    with pytest.raises(TooManyAttempts):
        signing_in.with_password(team.node, "another", PASSWORD, "2001:db8::ffff")
    assert "do not belong" in told(signing_in.with_password, team.node, "another", PASSWORD, "2001:db8:0:1::1")


def test_signing_in_oneself_does_not_wipe_out_what_was_guessed_at_others(team, ana):
    for number in range(19):
        fail(team, f"name{number}", 1)
        if number % 6 == 0:
            team.sign_in("ana")
    fail(team, "last", 1)

    with pytest.raises(TooManyAttempts):
        signing_in.with_password(team.node, "ana", PASSWORD, HERE)


def test_guesses_at_the_code_are_few_even_with_the_password(team, ana):
    half = signing_in.with_password(team.node, "ana", PASSWORD, HERE)
    for _ in range(5):
        told(signing_in.with_code, team.node, half, "000000", HERE)

    fresh = signing_in.with_password(team.node, "ana", PASSWORD, HERE)
    with pytest.raises(TooManyAttempts):
        signing_in.with_code(team.node, fresh, team.code("ana"), HERE)


def test_many_attempts_at_once_are_no_way_around(team, ana, monkeypatch):
    monkeypatch.setattr(signing_in, "matches", lambda kept, password: False)
    outcomes = []

    def attempt():
        try:
            signing_in.with_password(team.node, "ana", "wrong password here", HERE)
        except TocsinError as error:
            outcomes.append(type(error).__name__)

    threads = [threading.Thread(target=attempt) for _ in range(12)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert outcomes.count("AccessError") == attempts.ACCOUNT.free
    assert outcomes.count("TooManyAttempts") == 12 - attempts.ACCOUNT.free


def test_failures_are_forgotten_after_half_a_day(team, ana):
    fail(team, "ana", 4)
    team.clock.turn(12 * 3600 + 1)
    fail(team, "ana", 4)

    assert team.sign_in("ana")


# Sessions ------------------------------------------------------------------------------------------------------------


def test_a_session_ends_after_an_hour_without_use(team, ana):
    for _ in range(3):
        team.clock.turn(3000)
        sessions.by_session(team.node, ana, "web")
    team.clock.turn(3601)

    with pytest.raises(SignInNeeded):
        sessions.by_session(team.node, ana, "web")
    assert sessions.run_out(team.node, ana).actor.person == "ana"


def test_a_session_ends_after_twelve_hours_in_any_case(team, ana):
    for _ in range(14):
        team.clock.turn(3000)
        sessions.by_session(team.node, ana, "web")
    team.clock.turn(3000)

    with pytest.raises(SignInNeeded):
        sessions.by_session(team.node, ana, "web")


def test_signing_out_ends_this_session_and_signing_out_everywhere_all(team, ana):
    other, third = team.sign_in("ana"), team.sign_in("ana")
    sessions.sign_out(visit(team, ana), ana)
    with pytest.raises(SignInNeeded):
        sessions.by_session(team.node, ana, "web")
    assert sessions.run_out(team.node, ana) is None

    assert sessions.sign_out_everywhere(visit(team, other)) == 2
    for cookie in (other, third):
        with pytest.raises(SignInNeeded):
            sessions.by_session(team.node, cookie, "web")


def test_closing_an_account_ends_sessions_and_tokens_at_once_and_for_good(team, ana):
    token, _ = accounts.make_token(visit(team, ana), "notebook", "read", 10)
    invited = accounts.invite(team.node.operator("cli"), "bo").code
    for person in ("ana", "bo"):
        team.close(person)

    def shut():
        for call, given in ((sessions.by_session, ana), (sessions.by_token, token)):
            with pytest.raises(SignInNeeded):
                call(team.node, given, "api")
        assert "not valid" in told(signing_in.with_invitation, team.node, invited, PASSWORD, HERE)

    shut()
    with team.node.store.writing() as writer:
        for person in ("ana", "bo"):
            writer.enter(PersonChanged(id=person, active=True), None)
    shut()
    assert team.sign_in("ana")


@pytest.mark.parametrize("person", ["ana", "bo"])
def test_a_closed_account_is_nobody_even_if_its_sessions_were_left(team, person):
    """As after restoring a backup: the register says closed, the session is there."""
    cookie = team.set_up(person)
    with team.node.store.writing() as writer:
        at = writer.tick()
        entry = PersonChanged(id=person, active=False).model_dump_json()
        writer._row("register", recorded_at=at, person=None, entry=entry)

    with pytest.raises(SignInNeeded):
        sessions.by_session(team.node, cookie, "web")


def test_changing_the_password_ends_every_session_but_the_new_one(team, ana):
    other = team.sign_in("ana")
    new = "nine brown foxes wander"
    mine = accounts.change_password(visit(team, ana), PASSWORD, new, team.next_code("ana"))

    assert visit(team, mine).actor.person == "ana"
    for cookie in (ana, other):
        with pytest.raises(SignInNeeded):
            sessions.by_session(team.node, cookie, "web")
    assert "do not belong" in told(signing_in.with_password, team.node, "ana", PASSWORD, HERE)
    assert team.sign_in("ana", new)


def test_changing_the_password_needs_the_old_one_and_a_fresh_code(team, ana):
    me, code = visit(team, ana), team.next_code("ana")
    for current, new, given, field in (
        ("wrong password here", "nine brown foxes wander", code, "current"),
        (PASSWORD, "ana alvarez", code, "password"),
        (PASSWORD, "nine brown foxes wander", "000000", "code"),
    ):
        with pytest.raises(StatementError) as caught:
            accounts.change_password(me, current, new, given)
        assert caught.value.field == field
    assert visit(team, ana)


def test_what_is_no_cookie_is_nobody(team):
    for cookie in ("", "x", "\x00", "x" * 100_000, "🕊"):
        with pytest.raises(SignInNeeded):
            sessions.by_session(team.node, cookie, "web")


def test_weaker_hashes_are_made_anew_when_somebody_signs_in(team, ana, monkeypatch):
    from argon2 import PasswordHasher

    stronger = PasswordHasher(time_cost=2, memory_cost=2048, parallelism=1)
    monkeypatch.setattr(passwords, "_hasher", stronger)
    team.sign_in("ana")

    with team.node.store.reading() as reader:
        assert "m=2048,t=2" in credential_of(reader.connection, "ana").password
    assert team.sign_in("ana")


# Tokens --------------------------------------------------------------------------------------------------------------


def test_a_token_acts_for_its_owner_with_no_more_than_its_scope(team):
    steward = visit(team, team.set_up("sam"))
    tokens = {scope: accounts.make_token(steward, scope, scope, 30)[0] for scope in ("read", "admin")}

    assert tokens["read"].startswith("tocsin_")
    assert sessions.by_token(team.node, tokens["read"], "api").roles == frozenset()
    assert sessions.by_token(team.node, tokens["admin"], "api").roles == {Role.STEWARD}
    assert sessions.by_token(team.node, tokens["read"], "api").actor.person == "sam"


def test_nobody_makes_a_token_for_more_than_they_may(team, ana):
    assert "none of your roles" in told(accounts.make_token, visit(team, ana), "all", "admin", 30)
    token, _ = accounts.make_token(visit(team, ana), "notes", "write", 30)
    assert sessions.by_token(team.node, token, "api").roles == {Role.ANALYST}


def test_a_token_makes_no_tokens(team):
    text, _ = accounts.make_token(visit(team, team.set_up("sam")), "all", "admin", 30)

    with pytest.raises(AccessError):
        accounts.make_token(sessions.by_token(team.node, text, "api"), "more", "read", 365)


@pytest.mark.parametrize("days", [0, -1, 366])
def test_a_token_ends_within_a_year(team, ana, days):
    with pytest.raises(StatementError) as caught:
        accounts.make_token(visit(team, ana), "notebook", "read", days)
    assert caught.value.field == "days"


@pytest.mark.parametrize(
    ("name", "scope", "field"), [("", "read", "name"), ("x" * 201, "read", "name"), ("a", "all", "scope")]
)
def test_a_token_needs_a_name_and_a_scope(team, ana, name, scope, field):
    with pytest.raises(StatementError) as caught:
        accounts.make_token(visit(team, ana), name, scope, 10)
    assert caught.value.field == field


def test_unknown_expired_and_revoked_tokens_read_exactly_alike(team, ana):
    me = visit(team, ana)
    short, _ = accounts.make_token(me, "short", "read", 1)
    ended, shown = accounts.make_token(me, "ended", "read", 30)
    accounts.revoke_token(me, shown.id)
    assert sessions.by_token(team.node, short, "api")
    team.clock.turn(86400)

    said = {told(sessions.by_token, team.node, token, "api") for token in (short, ended, "tocsin_x", "", "\x00")}
    assert len(said) == 1
    assert team.acts().count("made a token") == 2
    assert team.acts().count("revoked a token") == 1


def test_tokens_are_listed_for_their_owner_alone(team, ana):
    me, other = visit(team, ana), visit(team, team.set_up("bo"))
    for number in range(12):
        team.clock.turn(1)
        text, made = accounts.make_token(me, f"token {number}", "read", 30)

    listed = accounts.tokens(me)
    assert [one.name for one in listed] == [f"token {number}" for number in range(11, 1, -1)]
    assert listed[0].expires == team.clock.now + 30 * DAY
    assert text not in repr(listed)
    assert accounts.tokens(other) == []
    with pytest.raises(NotFound):
        accounts.revoke_token(other, made.id)
    assert sessions.by_token(team.node, text, "api")


def test_nobody_hoards_tokens(team, ana):
    for number in range(accounts.MOST_TOKENS):
        accounts.make_token(visit(team, ana), f"token {number}", "read", 30)

    with pytest.raises(StatementError, match="Revoke"):
        accounts.make_token(visit(team, ana), "one more", "read", 30)


def test_old_sessions_and_attempts_are_forgotten(team, ana):
    fail(team, "nobody", 3)
    team.clock.turn((sessions.KEPT + sessions.LONGEST) / SECOND + 1)
    team.sign_in("ana")

    with team.node.store.reading() as reader:
        count = reader.connection.exec_driver_sql
        assert count("SELECT count(*) FROM session").scalar() == 1
        assert count("SELECT count(*) FROM attempt").scalar() == 0
