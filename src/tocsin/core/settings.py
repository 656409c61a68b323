"""The one place that reads the environment."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from tocsin.core.errors import SettingsError

_TRUE, _FALSE = {"1", "true", "yes", "on"}, {"", "0", "false", "no", "off"}


@dataclass(frozen=True)
class Settings:
    """Where Tocsin keeps things and how it reaches the world.

    home: folder for the cache, receipts and locally built releases (``TOCSIN_HOME``).
    mirror: folder laid out as HOST/PATH that stands for the network, or None (``TOCSIN_MIRROR``); it may not be there
    just now (a disk that is not mounted), which no page needs to know.
    offline: never use the network, only cache and mirror (``TOCSIN_OFFLINE``).
    host, port: where the workbench listens (``TOCSIN_HOST``, ``TOCSIN_PORT``).
    who: the name written into receipts (``TOCSIN_WHO``).
    database: address of a PostgreSQL database that holds the statements; empty: a file in ``home``
    (``TOCSIN_DATABASE``).
    key: the file of the key with which the node seals what is not yet to be read; None: beside the store
    (``TOCSIN_KEY``).
    origin: the address at which people reach a team node, as ``https://tocsin.example`` (``TOCSIN_ORIGIN``).
    token: an API token with which the command line acts on a team node (``TOCSIN_TOKEN``).
    oidc_issuer, oidc_client, oidc_secret: the identity provider through which people may sign in to a team node, and
    what it knows this node by (``TOCSIN_OIDC_ISSUER``, ``TOCSIN_OIDC_CLIENT``, ``TOCSIN_OIDC_SECRET``); all or none.
    ucdp_token: the access token that UCDP's interface asks for (``TOCSIN_UCDP_TOKEN``); in no receipt and no log.
    """

    home: Path
    mirror: Path | None = None
    offline: bool = False
    host: str = "127.0.0.1"
    port: int = 8420
    who: str = "this node"
    database: str = field(default="", repr=False)
    key: Path | None = None
    origin: str = ""
    token: str = field(default="", repr=False)
    oidc_issuer: str = ""
    oidc_client: str = ""
    oidc_secret: str = field(default="", repr=False)
    ucdp_token: str = field(default="", repr=False)

    @property
    def cache(self) -> Path:
        """Folder of fetched files, laid out as HOST/PATH."""
        return self.home / "cache"

    @property
    def receipts(self) -> Path:
        """The receipts, one JSON object a line."""
        return self.home / "receipts.jsonl"

    @property
    def release(self) -> Path:
        """Folder of the release built on this machine, if any."""
        return self.home / "release"

    @classmethod
    def read(cls, environ: Mapping[str, str] | None = None) -> Settings:
        """Read the settings from the environment.

        Errors: SettingsError names the variable, what is wrong with it and what to set instead.
        """
        env = os.environ if environ is None else environ
        home = env.get("TOCSIN_HOME") or os.path.join(
            env.get("XDG_DATA_HOME") or os.path.expanduser("~/.local/share"), "tocsin"
        )
        mirror = _folder("TOCSIN_MIRROR", env["TOCSIN_MIRROR"]) if env.get("TOCSIN_MIRROR") else None
        flag = env.get("TOCSIN_OFFLINE", "").strip().lower()
        if flag not in _TRUE | _FALSE:
            raise SettingsError(f"{flag!r} is neither yes nor no", where="TOCSIN_OFFLINE", remedy="Set 1 or 0")
        port_text = env.get("TOCSIN_PORT") or "8420"
        if not (port_text.isascii() and port_text.isdigit()) or not 0 < int(port_text) < 65536:
            raise SettingsError(
                f"{port_text!r} is not a port",
                where="TOCSIN_PORT",
                remedy="Set a whole number from 1 to 65535",
            )
        return cls(
            home=_folder("TOCSIN_HOME", home),
            mirror=mirror,
            offline=flag in _TRUE,
            host=env.get("TOCSIN_HOST") or "127.0.0.1",
            port=int(port_text),
            who=env.get("TOCSIN_WHO") or "this node",
            database=env.get("TOCSIN_DATABASE", "").strip(),
            key=_folder("TOCSIN_KEY", env["TOCSIN_KEY"]) if env.get("TOCSIN_KEY") else None,
            origin=env.get("TOCSIN_ORIGIN", "").strip().rstrip("/"),
            token=env.get("TOCSIN_TOKEN", "").strip(),
            ucdp_token=_header("TOCSIN_UCDP_TOKEN", env.get("TOCSIN_UCDP_TOKEN", "").strip()),
            **_provider(env),
        )


def _provider(env: Mapping[str, str]) -> dict[str, str]:
    """The identity provider: three settings that mean something only together."""
    names = {
        "oidc_issuer": "TOCSIN_OIDC_ISSUER",
        "oidc_client": "TOCSIN_OIDC_CLIENT",
        "oidc_secret": "TOCSIN_OIDC_SECRET",
    }
    given = {key: env.get(name, "").strip() for key, name in names.items()}
    missing = [names[key] for key, value in given.items() if not value]
    if 0 < len(missing) < len(names):
        raise SettingsError(
            "an identity provider needs its issuer, the client's name and the client's secret",
            where=", ".join(missing),
            remedy="Set all three, or none to sign in with passwords only",
        )
    issuer = given["oidc_issuer"]
    if issuer and not issuer.startswith(("https://", "http://127.0.0.1:", "http://localhost:")):
        raise SettingsError(
            f"{issuer[:80]!r} is no address of an identity provider, or not a safe one",
            where="TOCSIN_OIDC_ISSUER",
            remedy="Write it as the provider publishes it, beginning with https://",
        )
    return given


def _header(name: str, secret: str) -> str:
    """A secret that is sent as a header of a request; an unfit one is refused without being repeated."""
    if not all("!" <= sign <= "~" for sign in secret):
        raise SettingsError(
            "there is a blank or a sign in it that no token has", where=name, remedy="Copy the token again, on one line"
        )
    return secret


def _folder(name: str, text: str) -> Path:
    try:
        return Path(text).expanduser()
    except RuntimeError:
        raise SettingsError(
            f"nobody here has the home folder of {text!r}", where=name, remedy="Write the folder out in full"
        ) from None
