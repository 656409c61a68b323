import signal
import socket
import subprocess
import sys
import urllib.request

import pytest

from tocsin.core.errors import SettingsError
from tocsin.core.settings import Settings
from tocsin.desk.node import open_node
from tocsin.interfaces.web import serve

PROGRAM = """
import sys
from pathlib import Path
from tocsin.core.settings import Settings
from tocsin.desk.node import open_node
from tocsin.interfaces.web import serve
serve(open_node(Settings(home=Path(sys.argv[1]), offline=True, port=0)), lambda address: print(address, flush=True))
print("ended", flush=True)
"""


def test_a_taken_port_is_a_sentence_with_the_remedy(tmp_path):
    with socket.socket() as holder:
        holder.bind(("127.0.0.1", 0))
        holder.listen()
        settings = Settings(home=tmp_path, offline=True, port=holder.getsockname()[1])

        with pytest.raises(SettingsError, match="Choose a free port"):
            serve(open_node(settings))


def test_a_host_that_is_not_ours_is_a_sentence(tmp_path):
    with pytest.raises(SettingsError, match=r"cannot listen on nowhere\.invalid"):
        serve(open_node(Settings(home=tmp_path, offline=True, host="nowhere.invalid")))


@pytest.mark.skipif(sys.platform == "win32", reason="there is no SIGINT to send to a process")
def test_the_first_page_can_be_had_once_ready_is_told_and_ctrl_c_ends_it_quietly(tmp_path):
    process = subprocess.Popen(
        [sys.executable, "-c", PROGRAM, str(tmp_path)], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    )
    try:
        address = process.stdout.readline().strip()
        with urllib.request.urlopen(address, timeout=20) as answer:
            assert answer.status == 200
            assert b"TLP:CLEAR" in answer.read()
        process.send_signal(signal.SIGINT)
        told, complaints = process.communicate(timeout=20)
    finally:
        process.kill()
    assert told.strip() == "ended"
    assert complaints == ""
    assert process.returncode == 0
