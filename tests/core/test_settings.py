from pathlib import Path

import pytest

from tocsin.core.errors import SettingsError
from tocsin.core.settings import Settings


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("TOCSIN_PORT", "many"),
        ("TOCSIN_PORT", "70000"),
        ("TOCSIN_PORT", "0"),
        ("TOCSIN_PORT", "²"),
        ("TOCSIN_OFFLINE", "perhaps"),
        ("TOCSIN_MIRROR", "~nobody-of-this-name/mirror"),
        ("TOCSIN_HOME", "~nobody-of-this-name/home"),
    ],
)
def test_a_value_that_cannot_be_used_is_refused_with_its_name_and_a_remedy(name: str, value: str) -> None:
    with pytest.raises(SettingsError) as caught:
        Settings.read({name: value})
    assert caught.value.where == name
    assert caught.value.remedy


def test_without_settings_everything_has_a_place(tmp_path: Path) -> None:
    settings = Settings.read({"XDG_DATA_HOME": str(tmp_path)})
    assert settings == Settings(home=tmp_path / "tocsin")
