"""What a visitor reads names no folder and no host of the server, and keeps what the visitor wrote."""

from dataclasses import replace
from pathlib import Path

from concepts.report.request import Request
from concepts.storage.typed_json import to_json
from pages.state.messages import public, sentence_of, told, without_folders
from pages.state.server_settings import ServerSettings
from tests.support.made_up_report import made_up_report

SERVER = ServerSettings(workspace=Path("/srv/work space"), photos=(Path("/data/my photos"),))
SHOWN = {
    "[Errno 2] No such file or directory: '/usr/secret dir/a/report.json'": (
        "[Errno 2] No such file or directory: 'report.json'"
    ),
    "/srv/work space/jobs/x/log.txt: cut off": "jobs/x/log.txt: cut off",
    "'/srv/work space/uploads/weights/3c12aa/my net.pt' is empty": "'my net.pt' is empty",
    "/data/my photos/cats/a.jpg is no photo": "cats/a.jpg is no photo",
    "cannot read /usr/me/x.pt: too short (/etc/y/z.csv)": "cannot read x.pt: too short (z.csv)",
    "weights=/usr/a/b.pt; see ~/models/c.pt": "weights=b.pt; see c.pt",
    "the names' database sqlite:////usr/deep/notes.sqlite cannot be used: read-only": (
        "the names' database notes.sqlite cannot be used: read-only"
    ),
    'postgresql+psycopg://me@db.example/names cannot be used: connection to server at "10.0.0.1", port 5432 failed': (
        "names cannot be used: connection to server failed"
    ),
    "failed to resolve host 'db.example': [Errno -2]": "failed to resolve host: [Errno -2]",
}
KEPT = (
    "class a/b of cats/1.jpg, see https://doi.org/10.1/x, either/or, 3 / 4",
    "no word '/no-such-top/is/here'",
    "tokens are (n, p), got /x",
    "'my photos/cats/1.jpg' cannot be read",
    "",
)


def test_folders_and_hosts_are_left_out():
    for message, shown in SHOWN.items():
        assert public(message, SERVER) == shown


def test_what_the_visitor_wrote_stays():
    for message in KEPT:
        assert public(message, SERVER) == message


def test_an_error_is_told_without_its_folder(tmp_path):
    error = ValueError(f"{tmp_path}/x_y.json is damaged")
    assert told(error) == r"x\_y\.json is damaged"
    assert sentence_of(error) == r"X\_y\.json is damaged\."


def test_a_download_names_no_folder_of_the_server():
    data = made_up_report(n=12).data
    place = "/usr/secret place"
    request = Request(model=f"{place}/net.py:build", images=f"{place}/photos", classes="cat, dog")
    made = replace(
        data,
        model=replace(data.model, name=f"{place}/net.py:build", weights=f"{place}/net.pt"),
        request=replace(request, weights=f"{place}/net.pt", others=f"{place}/more.zip"),
        command=f"python -m concepts report --model '{place}/net.py:build' --images /usr/secret/photos",
    )
    shown = without_folders(made)
    assert "secret" not in str(to_json(shown))
    assert shown.command == "python -m concepts report --model 'net.py:build' --images photos"
    assert shown.request == Request(
        model="net.py:build", images="photos", classes="cat, dog", weights="net.pt", others="more.zip"
    )
    assert without_folders(data) == data
    asked = Request(model=f"head:{place}/tiny", texts=f"{place}/a.csv", pairs=f"{place}/p.txt")
    said = without_folders(replace(data, request=replace(asked, metadata=f"{place}/m.csv"))).request
    assert said == Request(model="head:tiny", texts="a.csv", pairs="p.txt", metadata="m.csv")
