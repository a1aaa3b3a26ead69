"""Files that lie elsewhere, on a real web server and a real S3 server of ours."""

import gzip
import random
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import pytest

from indexer.model.errors import ConfigError, TransientError
from indexer.model.records import Fault, Record
from indexer.model.targets import Credentials
from indexer.model.urls import public
from indexer.sources import lasting, live, read, remote, shown
from indexer.sources.files import CHUNK, Meter
from indexer.sources.remote_file import Remote
from tests.s3_server import s3_serving
from tests.sources.reading import faults, only
from tests.sources.web import Web, serving

ARTICLE = b"<PubmedArticle>%d</PubmedArticle>"
LARGE = gzip.compress(b"".join(ARTICLE % random.Random(n).getrandbits(4000) for n in range(2000)))


@pytest.fixture
def web() -> Iterator[Web]:
    with serving() as server:
        yield server


def load(paths: Sequence[str], pauses: list[tuple[str, float]] | None = None) -> list[Record | Fault]:
    names, locations = live.named(paths, Credentials())

    def pause(error: TransientError, seconds: float) -> None:
        if pauses is not None:
            pauses.append((error.message, seconds))

    return list(read(names, source="s", locations=locations, pause=pause))


def raws(items: Sequence[Record | Fault]) -> list[bytes]:
    assert faults(items) == []
    return [item.raw for item in items]


def test_a_file_is_read_in_one_request_and_named_by_its_url(web: Web) -> None:
    web.files["/dumps/x.xml.gz"] = gzip.compress(ARTICLE % 1)
    (found,) = load([f"{web.url}/dumps/x.xml.gz"])
    assert (found.raw, found.position.file) == (ARTICLE % 1, f"{web.url}/dumps/x.xml.gz")
    assert web.asked == [("HEAD", "/dumps/x.xml.gz", ""), ("GET", "/dumps/x.xml.gz", "")]


@pytest.mark.parametrize(
    ("path", "files"),
    [
        ("/dumps/", ["a.xml", "b/1.xml", "b/2 x.xml", "c.xml"]),
        ("/dumps/*.xml", ["a.xml", "c.xml"]),
        ("/dumps/[ab]*", ["a.xml"]),
        ("/dumps/**/*.xml", ["a.xml", "b/1.xml", "b/2 x.xml", "c.xml"]),
        ("/dumps/*/1.xml", ["b/1.xml"]),
        ("/dumps/**", ["a.xml", "b/1.xml", "b/2 x.xml", "c.xml"]),
    ],
)
def test_a_folder_and_a_pattern_stand_for_what_a_local_one_would(web: Web, path: str, files: list[str]) -> None:
    for name in ["a.xml", "b/1.xml", "b/2 x.xml", "c.xml", ".x.xml", "a.xml.md5", "README.txt", "b/.hid/y.xml"]:
        web.files[f"/dumps/{name}"] = ARTICLE % len(name)
    web.files["/other/z.xml"] = ARTICLE % 0
    found = remote.find(web.url + path)
    assert [each.removeprefix(f"{web.url}/dumps/").replace("%20", " ") for each in found] == files
    assert all(each.signature for each in found.values())
    assert raws(load([web.url + path])) == [ARTICLE % len(name) for name in files]


def test_a_stream_that_breaks_goes_on_at_the_byte_where_it_broke(web: Web) -> None:
    web.files["/x.xml.gz"] = LARGE
    web.cuts += [300_000, 0, 100_000]
    pauses: list[tuple[str, float]] = []
    whole = load([f"{web.url}/x.xml.gz"], pauses)
    assert raws(whole) == [ARTICLE % random.Random(n).getrandbits(4000) for n in range(2000)]
    assert [range for method, _, range in web.asked if method == "GET"] == [
        "",
        "bytes=300000-",
        "bytes=300000-",
        "bytes=400000-",
    ]
    assert [seconds for _, seconds in pauses] == [1.0, 2.0, 1.0]
    assert pauses[0][0].startswith(f"{web.url}/x.xml.gz: the connection failed")


def test_a_server_without_ranges_gives_it_from_the_start_and_nothing_is_read_twice(web: Web) -> None:
    web.files["/x.xml.gz"] = LARGE
    web.ranges = False
    web.cuts += [300_000, 200_000]
    assert len(raws(load([f"{web.url}/x.xml.gz"]))) == 2000


def test_another_file_is_not_taken_for_the_rest(web: Web) -> None:
    web.files["/x.xml.gz"] = LARGE
    web.cuts.append(300_000)
    names, locations = live.named([f"{web.url}/x.xml.gz"], Credentials())

    def pause(_error: TransientError, _seconds: float) -> None:
        web.files["/x.xml.gz"] = LARGE[:-100] + bytes(100)

    items = list(read(names, source="s", locations=locations, pause=pause))
    (fault,) = faults(items)
    assert fault.reason.startswith("was written anew while it was read, after record ")


def test_what_cannot_be_told_from_another_file_is_not_pieced_together(web: Web) -> None:
    web.files["/x.xml.gz"] = LARGE
    web.marks = False
    web.cuts.append(300_000)
    (fault,) = faults(load([f"{web.url}/x.xml.gz"]))
    assert "neither an ETag nor a date" in fault.reason


def test_a_server_that_is_busy_is_asked_again_when_it_says(web: Web) -> None:
    web.files["/x.xml"] = ARTICLE % 1
    names, locations = live.named([f"{web.url}/x.xml"], Credentials())
    web.statuses += [503, 429]
    web.retry_after = "7"
    pauses: list[float] = []
    found = list(read(names, source="s", locations=locations, pause=lambda _, seconds: pauses.append(seconds)))
    assert raws(found) == [ARTICLE % 1]
    assert pauses == [7.0, 7.0]


@pytest.mark.parametrize(
    ("statuses", "reason"),
    [
        ([404], "there is no such file (HTTP 404)"),
        ([403], "HTTP 403, not allowed"),
        ([418], "HTTP 418"),
        ([503] * 6, "HTTP 503; given up after 6 tries"),
    ],
)
def test_what_does_not_pass_is_a_fault_and_the_next_file_is_read(web: Web, statuses: list[int], reason: str) -> None:
    web.files["/x.xml"] = web.files["/y.xml"] = ARTICLE % 1
    names, locations = live.named([f"{web.url}/x.xml", f"{web.url}/y.xml"], Credentials())
    web.statuses += statuses
    first, second = list(read(names, source="s", locations=locations, pause=lambda _error, _seconds: None))
    assert isinstance(first, Fault)
    assert first.reason == reason
    assert first.advice
    assert second.raw == ARTICLE % 1


def test_a_server_that_is_not_there_is_a_fault() -> None:
    with serving() as server:
        url = server.url
    for path in ("/x.xml", "/dumps/"):
        fault = only(load([url + path]))
        assert fault.position.file == url + path
        assert "the connection failed (Connection refused)" in fault.reason


def test_folders_that_lead_back_into_themselves_have_an_end(web: Web, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("indexer.sources.http.FOLDERS", 30)
    web.loops = True
    web.files["/dumps/a.xml"] = b"<collection/>"
    found = remote.find(f"{web.url}/dumps/")
    assert [each.trouble for each in found.values()] == ["holds more than 30 folders"]
    assert len(web.asked) <= 31


def test_a_folder_without_files_says_so(web: Web) -> None:
    assert only(load([f"{web.url}/none/"])).reason == "the folder holds no files"
    assert only(load([f"{web.url}/none/*.xml"])).reason == "no file matches this pattern"


def test_a_signed_url_is_read_by_get_alone_and_never_shown(web: Web) -> None:
    web.files["/x.xml"] = ARTICLE % 1
    web.head = False
    url = f"{web.url}/x.xml?X-Amz-Signature=s3cr3t&X-Amz-Expires=60"
    (name,), locations = live.named([url], Credentials())
    (found,) = read([name], source="s", locations=locations)
    assert web.gets == ["/x.xml?X-Amz-Signature=s3cr3t&X-Amz-Expires=60"] * 2
    file = locations[name]
    assert isinstance(file, Remote)
    assert file.signature == remote.find(f"{web.url}/x.xml")[f"{web.url}/x.xml"].signature
    for text in (name, str(found), repr(locations), shown(name), lasting(name)):
        assert "s3cr3t" not in text


def test_a_user_in_a_url_logs_in_and_is_never_shown(web: Web) -> None:
    web.files["/dumps/x.xml"] = ARTICLE % 1
    url = web.url.replace("//", "//bob:pa55@")
    (name,), locations = live.named([f"{url}/dumps/"], Credentials())
    assert name == f"{web.url}/dumps/x.xml"
    assert len(list(read([name], source="s", locations=locations))) == 1
    assert set(web.authorization) == {"Basic Ym9iOnBhNTU="}
    assert "pa55" not in repr(locations)


@pytest.mark.parametrize(
    ("url", "name"),
    [
        ("https://h/a.xml", "https://h/a.xml"),
        ("https://u:p@h:1/a.xml?sig=1", "https://h:1/a.xml?***00000000"),
        ("s3://b/k?.xml", "s3://b/k?.xml"),
        ("s3://key:secret@b/k", "s3://b/k"),
    ],
)
def test_the_name_of_a_url_has_no_secrets(url: str, name: str) -> None:
    if "***" in name:
        assert public(url).partition("***")[0] == name.partition("***")[0]
        assert public(url) != public(url + "2")
        assert "sig" not in public(url)
    else:
        assert public(url) == name


@pytest.mark.parametrize("url", ["https://:80/x", "https://h:x/y", "s3://key:secret@bucket/x"])
def test_a_url_that_is_none_is_a_matter_of_configuration(url: str) -> None:
    with pytest.raises(ConfigError) as caught:
        remote.find(url)
    assert "secret" not in f"{caught.value.message}{caught.value.advice}"


@pytest.fixture(scope="module")
def s3() -> Iterator[Any]:
    with s3_serving("dumps") as client:
        yield client


def test_s3_keys_prefixes_and_patterns(s3: Any) -> None:
    for name in ["p/a.xml", "p/b/1.xml", "p/c.xml.gz", "p/a.xml.md5", "other.xml"]:
        content = ARTICLE % len(name)
        s3.put_object(Bucket="dumps", Key=name, Body=gzip.compress(content) if name.endswith("gz") else content)
    assert list(remote.find("s3://dumps/p/")) == ["s3://dumps/p/a.xml", "s3://dumps/p/b/1.xml", "s3://dumps/p/c.xml.gz"]
    assert list(remote.find("s3://dumps/p/*.xm?")) == ["s3://dumps/p/a.xml"]
    assert list(remote.find("s3://dumps/**/*.xml")) == [
        "s3://dumps/other.xml",
        "s3://dumps/p/a.xml",
        "s3://dumps/p/b/1.xml",
    ]
    assert raws(load(["s3://dumps/p/", "s3://dumps/other.xml"])) == [ARTICLE % n for n in (7, 9, 10, 9)]


def test_s3_signatures_change_with_the_object(s3: Any) -> None:
    s3.put_object(Bucket="dumps", Key="sig/x.xml", Body=ARTICLE % 1)
    before = remote.find("s3://dumps/sig/x.xml")["s3://dumps/sig/x.xml"].signature
    assert remote.find("s3://dumps/sig/")["s3://dumps/sig/x.xml"].signature == before
    s3.put_object(Bucket="dumps", Key="sig/x.xml", Body=ARTICLE % 2)
    assert remote.find("s3://dumps/sig/x.xml")["s3://dumps/sig/x.xml"].signature != before


def test_s3_goes_on_where_it_was(s3: Any) -> None:
    s3.put_object(Bucket="dumps", Key="large.gz", Body=LARGE)
    (file,) = remote.find("s3://dumps/large.gz").values()
    assert b"".join(remote._transport(file.url).stream(file, 300_000)) == LARGE[300_000:]


@pytest.mark.parametrize("path", ["nothing.xml", "nowhere/", "*.nothing"])
def test_s3_what_is_not_there_is_a_fault(s3: Any, path: str) -> None:
    assert only(load([f"s3://dumps/{path}"])).reason in (
        "there is no such file, folder or bucket",
        "the folder holds no files",
        "no file matches this pattern",
    )


def test_s3_without_credentials_is_a_fault_that_says_what_to_set(
    s3: Any, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.delenv("AWS_ACCESS_KEY_ID")
    monkeypatch.delenv("AWS_SECRET_ACCESS_KEY")
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("AWS_EC2_METADATA_DISABLED", "true")
    import s3fs

    s3fs.S3FileSystem.clear_instance_cache()
    fault = only(load(["s3://dumps/x.xml"]))
    s3fs.S3FileSystem.clear_instance_cache()
    assert fault.reason == "not allowed (NoCredentialsError)"
    assert "AWS_ACCESS_KEY_ID" in fault.advice


def test_memory_stays_flat(web: Web) -> None:
    web.files["/x"] = bytes(64 << 20)
    (file,) = remote.find(f"{web.url}/x").values()
    meter = Meter()
    sizes = [len(chunk) for chunk in remote.chunks(file, meter, lambda _error, _seconds: None)]
    assert sum(sizes) == meter.taken == 64 << 20
    assert max(sizes) <= CHUNK


def test_a_remote_without_a_mark_has_no_signature() -> None:
    assert Remote("https://h/x", size=3).signature == ""
