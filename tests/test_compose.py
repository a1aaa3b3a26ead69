"""Holds the compose files and the Dockerfile to the compose schema, and all they name to the project.

No Docker engine is needed: what an engine would find out first is asked here.
"""

import json
import os
import re
import shlex
import shutil
import subprocess
import tempfile
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import click
import jsonschema
import pytest
import yaml
from sqlalchemy import make_url

from indexer.cli.main import cli
from indexer.config import ENVIRONMENT, load
from indexer.engines.registry import parse_target
from indexer.formats.profiles import resolve
from indexer.jobs.triggers import trigger
from indexer.model.settings import Settings

ROOT = Path(__file__).resolve().parent.parent
STACK = ROOT / "docker-compose.yml"
TESTBED = ROOT / "scripts/testbed/docker-compose.yml"
OFFER = ROOT / "ops/compose/solr-configset.sh"
ENGINES = ("solr", "elasticsearch", "opensearch")

# The volumes that the images make by themselves, from their Dockerfiles.
IMAGE_VOLUMES = {
    "solr": ["/var/solr"],
    "postgres": ["/var/lib/postgresql/data"],
    "indexer": ["/dumps", "/var/lib/indexer"],
    "elasticsearch": [],
    "opensearchproject/opensearch": [],
}

# What the images understand, from their documentation. A misspelt name is not an error to them, it does nothing.
ENGINE_ENVIRONMENT = {
    "solr": {"SOLR_MODULES", "SOLR_HEAP", "SOLR_HOST", "SOLR_ZK_EMBEDDED_HOST", "ZK_HOST"},
    "elasticsearch": {
        "discovery.type",
        "xpack.security.enabled",
        "cluster.routing.allocation.disk.threshold_enabled",
        "ES_JAVA_OPTS",
    },
    "postgres": {"POSTGRES_USER", "POSTGRES_DB", "POSTGRES_PASSWORD"},
    "opensearchproject/opensearch": {
        "discovery.type",
        "cluster.routing.allocation.disk.threshold_enabled",
        "DISABLE_INSTALL_DEMO_CONFIG",
        "DISABLE_SECURITY_PLUGIN",
        "OPENSEARCH_JAVA_OPTS",
    },
}


def read(path: Path, **variables: str) -> dict[str, Any]:
    """A compose file with the variables of its .env put in: ${NAME:-default}, the one form that we use."""
    text = re.sub(
        r"\$\{(\w+):-([^}]*)\}", lambda found: variables.get(found[1]) or found[2], path.read_text(encoding="utf-8")
    )
    assert "${" not in text
    document: dict[str, Any] = yaml.safe_load(text)
    return document


def services(path: Path, *, built: bool) -> list[tuple[str, dict[str, Any]]]:
    """The services of a compose file that are built from the Dockerfile, or the others."""
    return [(name, service) for name, service in read(path)["services"].items() if ("build" in service) == built]


CLUSTER = ("cluster-scheduler", "cluster-worker")
BESIDE = ("indexer", "postgresql", *CLUSTER)  # services that belong to no engine
OURS = [service for name, service in services(STACK, built=True) if name not in BESIDE]
THEIRS = [service for path in (STACK, TESTBED) for _, service in services(path, built=False)]


def image_and_tag(service: dict[str, Any]) -> tuple[str, str]:
    image, _, tag = service["image"].partition(":")
    return image, tag


@pytest.mark.parametrize("path", [STACK, TESTBED], ids=["stack", "testbed"])
def test_file_follows_the_compose_specification(path: Path, data: Path) -> None:
    schema = json.loads((data / "compose/compose-spec.json").read_text(encoding="utf-8"))
    jsonschema.Draft202012Validator(schema).validate(read(path))


@pytest.mark.parametrize("key", ["imag", "heathcheck", "mem_limits"])
def test_schema_refuses_a_misspelt_key(key: str, data: Path) -> None:
    schema = json.loads((data / "compose/compose-spec.json").read_text(encoding="utf-8"))
    stack = read(STACK)
    stack["services"]["solr"][key] = "x"
    assert not jsonschema.Draft202012Validator(schema).is_valid(stack)


def test_each_engine_has_a_profile_with_its_schema_and_a_loader() -> None:
    found = read(STACK)["services"]
    profiles = {profile for service in found.values() for profile in service["profiles"]}
    assert profiles == {*ENGINES, "cluster", "postgresql", "tools"}
    for engine in ENGINES:
        assert {name for name, service in found.items() if service["profiles"] == [engine]} == {
            engine,
            f"schema-{engine}",
            f"indexer-{engine}",
        }
        assert found[f"schema-{engine}"]["depends_on"] == {engine: {"condition": "service_healthy"}}
        assert found[f"indexer-{engine}"]["depends_on"] == {
            f"schema-{engine}": {"condition": "service_completed_successfully"},
            "postgresql": {"condition": "service_healthy", "required": False},  # it is there in its own profile alone
        }
        assert found[f"indexer-{engine}"]["command"] == ["schedule"]


@pytest.mark.parametrize("service", OURS, ids=[" ".join(service["profiles"] + service["command"]) for service in OURS])
def test_our_command_parses(service: dict[str, Any]) -> None:
    command: click.Command = cli
    words = list(service["command"])
    while isinstance(command, click.Group):
        found = command.get_command(click.Context(command), words.pop(0))
        assert found is not None, service["command"]
        command = found
    command.make_context("indexer", words)  # raises UsageError for what it does not take


@pytest.mark.parametrize("service", OURS, ids=[" ".join(service["profiles"] + service["command"]) for service in OURS])
def test_our_settings_are_known_and_reach_a_service(service: dict[str, Any]) -> None:
    environment = service["environment"]
    assert set(environment) <= {*ENVIRONMENT, "INDEXER_CONFIG", "PGPASSWORD"}
    config = load(environ={name: value for name, value in environment.items() if name != "INDEXER_CONFIG"})
    target = config.target()
    trigger(config.settings.schedule)
    assert config.settings.metrics.port
    assert target == parse_target(environment["INDEXER_TARGET"])
    assert target.base.split("//")[1].split(":")[0] == service["profiles"][0] == target.kind
    engine = read(STACK)["services"][target.kind]
    inside = engine["ports"][0].rpartition(":")[2]
    assert target.base.split("//")[1].split("/")[0].split(":")[1] == inside


@pytest.mark.parametrize("service", THEIRS, ids=[service["image"] for service in THEIRS])
def test_engine_is_pinned_bound_to_loopback_and_watched(service: dict[str, Any]) -> None:
    image, tag = image_and_tag(service)
    assert image in ENGINE_ENVIRONMENT
    assert re.fullmatch(r"\d+\.\d+(\.\d+)?", tag)
    assert set(service["environment"]) <= ENGINE_ENVIRONMENT[image]
    for port in service.get("ports", []):
        assert port.startswith("127.0.0.1:"), "an engine without a password listens on loopback only"
    if image == "postgres":
        assert not service.get("ports")
        assert service["environment"]["POSTGRES_USER"] in service["healthcheck"]["test"]
        return
    inside = "8983" if image == "solr" else "9200"
    assert any(f"http://127.0.0.1:{inside}/" in word for word in service["healthcheck"]["test"])


def test_a_cluster_has_the_image_the_dumps_and_the_scratch_of_the_command_that_builds() -> None:
    stack = read(STACK)["services"]
    scheduler, worker = (stack[name] for name in CLUSTER)
    for service in (scheduler, worker):
        assert service["profiles"] == ["cluster"]
        assert service["entrypoint"][0] == "dask"
        assert service["volumes"] == stack["indexer"]["volumes"]
        assert service["image"] == stack["indexer"]["image"]
        scratch = load(environ={"INDEXER_SCRATCH": service["environment"]["INDEXER_SCRATCH"]}).settings.cluster.scratch
        assert scratch == stack["indexer"]["environment"]["INDEXER_SCRATCH"]
        assert any(
            scratch.startswith(f"{inside}/") for _, inside, *_ in (each.split(":") for each in service["volumes"])
        )
        assert not service.get("ports")  # whoever reaches the scheduler runs what they like
    assert worker["depends_on"] == ["cluster-scheduler"]
    assert "tcp://cluster-scheduler:8786" in worker["entrypoint"]
    assert (worker["scale"], read(STACK, CLUSTER_WORKERS="5")["services"]["cluster-worker"]["scale"]) == (2, 5)
    assert "cluster" in re.findall(r"indexer\[([\w,]+)\]", (ROOT / "Dockerfile").read_text(encoding="utf-8"))[0].split(
        ","
    )


def test_what_differs_from_site_to_site_is_a_variable_that_is_told_of() -> None:
    variables = set(re.findall(r"\$\{(\w+):-", STACK.read_text(encoding="utf-8")))
    manual = (ROOT / "docs/operate.md").read_text(encoding="utf-8")
    assert {"SOLR_PORT", "ELASTICSEARCH_PORT", "OPENSEARCH_PORT", "DUMPS", "INDEXER_IMAGE"} <= variables
    assert [name for name in sorted(variables) if f"`{name}`" not in manual] == []
    ports = read(STACK, SOLR_PORT="18983", ELASTICSEARCH_PORT="19200", OPENSEARCH_PORT="19201")["services"]
    assert [ports[engine]["ports"] for engine in ENGINES] == [
        ["127.0.0.1:18983:8983"],
        ["127.0.0.1:19200:9200"],
        ["127.0.0.1:19201:9200"],
    ]
    ignored_by_git = (ROOT / ".gitignore").read_text(encoding="utf-8").splitlines()
    for name in ("indexer", *(f"indexer-{engine}" for engine in ENGINES)):
        [passed_on] = ports[name]["env_file"]
        assert passed_on == {"path": "indexer.env", "required": False}  # secrets, which nobody is to commit
        assert f"/{passed_on['path']}" in ignored_by_git


def test_limits_and_volumes() -> None:
    stack = read(STACK)
    named = set(stack["volumes"])
    used = set()
    for service in stack["services"].values():
        assert service["mem_limit"]
        used |= {volume.split(":")[0] for volume in service.get("volumes", []) if not volume.startswith(".")}
    assert used == named


def mounted(path: Path) -> Iterator[tuple[str, Path]]:
    for name, service in read(path)["services"].items():
        for volume in service.get("volumes", []):
            source = volume.split(":")[0]
            if source.startswith("."):
                yield name, (path.parent / source).resolve()


@pytest.mark.parametrize("path", [STACK, TESTBED], ids=["stack", "testbed"])
def test_mounted_folders_and_files_exist(path: Path) -> None:
    found = list(mounted(path))
    assert found
    for name, source in found:
        if source == ROOT / "dumps":  # the user's; git does not know it
            assert "/dumps/" in (ROOT / ".gitignore").read_text(encoding="utf-8").splitlines()
        elif source.suffix:  # what is not there becomes a folder
            assert source.is_file(), name
        else:
            assert (source / "conf/schema.xml").is_file(), name


@pytest.mark.parametrize("path", [STACK, TESTBED], ids=["stack", "testbed"])
def test_nothing_is_mounted_inside_another_mount(path: Path) -> None:
    """Docker makes the folders on the way there as root's, in the outer volume, where the service cannot write then."""
    for name, service in read(path)["services"].items():
        image, _ = image_and_tag(service)
        inside = {Path(volume.split(":")[1]) for volume in service.get("volumes", [])}
        everything = inside | {Path(volume) for volume in IMAGE_VOLUMES[image]}
        assert not [(name, str(each)) for each in inside if everything & set(each.parents)]


def test_volumes_of_our_image_are_those_that_are_known() -> None:
    (volumes,) = [json.loads(argument) for name, argument in instructions() if name == "VOLUME"]
    assert volumes == IMAGE_VOLUMES["indexer"]


@pytest.mark.parametrize("path", [STACK, TESTBED], ids=["stack", "testbed"])
def test_solr_gets_the_configset_and_the_script_that_offers_it(path: Path) -> None:
    volumes = [volume.split(":") for volume in read(path)["services"]["solr"]["volumes"]]
    inside = {(path.parent / source).resolve(): target for source, target, *_ in volumes if source.startswith(".")}
    text = OFFER.read_text(encoding="utf-8")
    assert f"cp -r {inside[ROOT / 'schemas/solr/biblio']} " in text
    assert re.fullmatch(r"/docker-entrypoint-initdb\.d/[^/]+\.sh", inside[OFFER])  # what else it is called is ignored


class Volume:
    """The volume /var/solr, and the script that the image sources before it starts Solr, as a user who is not root."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.data = folder / "var/data"
        self.data.mkdir(parents=True)
        self.offered = self.data / "configsets/biblio"
        shutil.copytree(ROOT / "schemas/solr/biblio", folder / "biblio")
        script = OFFER.read_text(encoding="utf-8").replace("/opt/biblio", str(folder / "biblio"))
        (folder / "offer.sh").write_text(script.replace("/var/solr/data", str(self.data)))
        self.own()

    def own(self) -> None:
        """As what a container runs as would: root, whom no mode keeps out, is another user there."""
        if os.geteuid() == 0:
            for path in [self.folder, *self.folder.rglob("*")]:
                os.chown(path, 65534, 65534)

    def start(self) -> "subprocess.CompletedProcess[str]":
        other = {"user": 65534, "group": 65534, "extra_groups": []} if os.geteuid() == 0 else {}
        done: subprocess.CompletedProcess[str] = subprocess.run(
            ["bash", "-c", 'set -e; while read -r each; do . "$each"; done; echo Solr starts', "solr-foreground"],
            input=f"{self.folder}/offer.sh\n",
            capture_output=True,
            text=True,
            **other,  # type: ignore[call-overload]
        )
        return done


@pytest.fixture
def volume() -> Iterator[Volume]:
    with tempfile.TemporaryDirectory() as name:  # not tmp_path: others cannot go into that
        yield Volume(Path(name))


def names(folder: Path) -> set[str]:
    return {str(path.relative_to(folder)) for path in folder.rglob("*")}


def test_the_configset_is_offered_and_a_newer_one_at_the_next_start(volume: Volume) -> None:
    first = volume.start()
    assert (first.returncode, first.stdout, first.stderr) == (0, "Solr starts\n", "")
    assert names(volume.offered) == names(ROOT / "schemas/solr/biblio")
    schema = volume.folder / "biblio/conf/schema.xml"
    schema.write_text("newer")
    (volume.folder / "biblio/conf/stopwords.txt").unlink(missing_ok=True)
    (volume.offered.parent / "biblio.new").mkdir()  # of a start that was killed
    (volume.offered.parent / "vufind").mkdir()  # somebody's own
    volume.own()
    assert volume.start().stdout == "Solr starts\n"
    assert (volume.offered / "conf/schema.xml").read_text() == "newer"
    assert names(volume.offered) == names(volume.folder / "biblio")
    assert {path.name for path in volume.offered.parent.iterdir()} == {"biblio", "vufind"}


@pytest.mark.parametrize("broken", ["data", "data/configsets", "data/configsets/biblio"])
def test_a_volume_in_which_solr_cannot_write_is_recognised(volume: Volume, broken: str) -> None:
    volume.offered.mkdir(parents=True)
    volume.own()
    folder = volume.data.parent / broken
    folder.chmod(0o555)
    if os.geteuid() == 0:
        os.chown(folder, 0, 0)
    ended = volume.start()
    assert ended.returncode == 1
    assert "Solr starts" not in ended.stdout
    assert f"cannot write to {folder}, which belongs to {folder.owner()}" in ended.stderr
    assert "nothing is lost" in ended.stderr
    (line,) = [line.split() for line in ended.stderr.splitlines() if " run " in line]
    assert "--user root --entrypoint chown solr -R solr /var/solr" in " ".join(line)
    assert names(volume.data) == {"configsets", "configsets/biblio"}


def test_a_configset_that_cannot_be_read_keeps_solr_from_starting(volume: Volume) -> None:
    shutil.rmtree(volume.folder / "biblio")
    ended = volume.start()
    assert ended.returncode == 1
    assert "Solr starts" not in ended.stdout
    assert "biblio" in ended.stderr


@pytest.mark.parametrize("name", [name for name, _ in services(STACK, built=True)])
def test_dumps_state_and_settings_are_mounted_where_they_are_looked_for(name: str) -> None:
    service = read(STACK)["services"][name]
    inside = {volume.split(":")[1]: volume.split(":")[0] for volume in service["volumes"]}
    settings = inside[service["environment"]["INDEXER_CONFIG"]]
    (source,) = load(ROOT / settings, environ={}).settings.source
    assert {inside[path] for path in source.paths} == {"./dumps"}
    state = service["environment"]["INDEXER_STATE"].removeprefix("sqlite:///")
    assert any(state.startswith(f"{path}/") for path, volume in inside.items() if volume == "indexer-state")


def test_commands_by_hand_that_are_shown_parse() -> None:
    shown = STACK.read_text(encoding="utf-8") + (ROOT / "docs/operate.md").read_text(encoding="utf-8")
    found = re.findall(r"docker compose run --rm indexer (\w[^`\n]*?)(?=  |`|$)", shown, re.MULTILINE)
    assert len(found) >= 5
    for line in found:
        name, *words = shlex.split(line)
        cli.commands[name].make_context("indexer", words)


def test_commands_by_hand_work_on_the_target_of_the_scheduler() -> None:
    """`docker compose run indexer ...`: on Solr, or on the engine that .env names; with one state."""
    stack = read(STACK)["services"]
    assert stack["indexer"]["profiles"] == ["tools"]  # not started by `up`; `run` starts it whatever the profile
    assert "depends_on" not in stack["indexer"]  # what is of a profile that is not on would be an error
    assert stack["indexer"]["environment"] == stack["indexer-solr"]["environment"]
    named = re.findall(r"INDEXER_TARGET=(\S+)", STACK.read_text(encoding="utf-8"))
    for url in named:
        other = read(STACK, INDEXER_TARGET=url)["services"]
        assert other["indexer"]["environment"] == other[f"indexer-{parse_target(url).kind}"]["environment"]
    assert named


def test_the_state_may_be_in_the_postgresql_of_the_stack() -> None:
    manual = (ROOT / "docs/operate.md").read_text(encoding="utf-8")
    (url,) = set(re.findall(r"^INDEXER_STATE=(postgresql\S+)$", manual, re.MULTILINE))
    stack = read(STACK, INDEXER_STATE=url, POSTGRES_PASSWORD="secret")["services"]
    parsed = make_url(url)
    server = stack[str(parsed.host)]["environment"]
    assert (parsed.username, parsed.database) == (server["POSTGRES_USER"], server["POSTGRES_DB"])
    for name, service in stack.items():
        if "build" in service:
            assert service["environment"]["INDEXER_STATE"] == url
            assert service["environment"]["PGPASSWORD"] == server["POSTGRES_PASSWORD"] == "secret", name
    extras = (ROOT / "Dockerfile").read_text(encoding="utf-8").split("indexer[")[1].split("]")[0].split(",")
    assert {"postgresql", "s3"} <= set(extras)


def instructions() -> list[tuple[str, str]]:
    """The Dockerfile's instructions and arguments, continued lines joined."""
    text = re.sub(r"\\\n", " ", (ROOT / "Dockerfile").read_text(encoding="utf-8"))
    lines = [line for line in text.splitlines() if line.strip() and not line.startswith("#")]
    return [(line.split(None, 1)[0], re.sub(r"\s+", " ", line.split(None, 1)[1])) for line in lines]


def ignored(path: str) -> bool:
    """Whether .dockerignore keeps a top-level path out of the build."""
    rules = (ROOT / ".dockerignore").read_text(encoding="utf-8").split("\n")
    return f"!{path}" not in rules


def test_dockerfile_copies_what_exists() -> None:
    copied = [argument.split()[:-1] for name, argument in instructions() if name == "COPY" and "--from" not in argument]
    for path in [path for paths in copied for path in paths]:
        assert (ROOT / path).exists(), path
        assert not ignored(path), path


def test_dockerfile_copies_what_the_wheel_needs() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    wheel = project["tool"]["hatch"]["build"]["targets"]["wheel"]
    needed = {"pyproject.toml", project["project"]["readme"], *project["project"]["license-files"]}
    needed |= {*wheel["packages"], *wheel.get("force-include", {})}
    copied = {path for name, argument in instructions() if name == "COPY" for path in argument.split()[:-1]}
    assert needed <= copied


def test_image_runs_our_command_as_another_user() -> None:
    final = instructions()[max(i for i, (name, _) in enumerate(instructions()) if name == "FROM") :]
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    said = dict(final)
    assert json.loads(said["ENTRYPOINT"])[0] in project["project"]["scripts"]
    assert said["USER"] not in ("root", "0")
    environment = dict(word.split("=", 1) for word in said["ENV"].split())
    assert {name for name in environment if name.startswith("INDEXER_")} <= set(ENVIRONMENT)
    volumes = json.loads(said["VOLUME"])
    config = load(environ={name: value for name, value in environment.items() if name.startswith("INDEXER_")})
    assert any(config.target().path.startswith(f"{volume}/") for volume in volumes)
    assert any(config.settings.state.removeprefix("sqlite:///").startswith(f"{volume}/") for volume in volumes)


def test_both_files_and_the_testbed_name_the_same_versions() -> None:
    pom = (ROOT / "scripts/testbed/solr/pom.xml").read_text(encoding="utf-8")
    pinned = (ROOT / "scripts/testbed/fetch.py").read_text(encoding="utf-8")
    versions = {image_and_tag(service) for service in THEIRS if not service["image"].startswith("postgres:")}
    tens = {(image, tag) for image, tag in versions if image == "solr" and tag.startswith("10.")}
    assert len({image for image, _ in versions - tens}) == len(versions - tens)
    for image, tag in versions:
        assert f'"{tag}"' in pinned, image
    assert f"<solr.version>{dict(versions - tens)['solr']}</solr.version>" in pom
    [(_, ten)] = tens
    pom = (ROOT / "scripts/testbed/solr10/pom.xml").read_text(encoding="utf-8")
    assert f"<solr.version>{ten}</solr.version>" in pom


def test_example_settings_are_valid_and_name_every_key() -> None:
    example = ROOT / "indexer.toml.example"
    settings = load(example, environ={}).settings
    text = example.read_text(encoding="utf-8")
    named = (settings.load, settings.log, settings.credentials, settings.schedule, settings.metrics, settings.notify)
    tables = [type(table) for table in named]
    ours = {info.alias or name for name, info in Settings.model_fields.items()}
    for key in {*ours, *(key for table in tables for key in table.model_fields)} - {"source"}:
        assert re.search(rf"^(# )?\[?{key}\b", text, re.MULTILINE), key
    assert resolve("theses", settings.profile).id_prefix == "thesis-"
    defaults = Settings.model_validate({})
    for key in type(settings.load).model_fields:
        assert key == "workers" or getattr(settings.load, key) == getattr(defaults.load, key)
    assert (settings.target, settings.state, settings.log) == (defaults.target, defaults.state, defaults.log)
