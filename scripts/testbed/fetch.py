"""Java, Maven, and the distributions of the servers that Maven Central has, in a cache that outlives the checkout."""

import fcntl
import hashlib
import json
import os
import pwd
import re
import shutil
import subprocess
import sys
import tempfile
import zipfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

TESTBED = Path(__file__).resolve().parent
JAVA = {"solr": 17, "solrcloud": 17, "solr10": 21, "solrcloud10": 21, "elasticsearch": 21, "opensearch": 21}
VERSIONS = {
    "solr": "9.10.1",  # as in scripts/testbed/solr/pom.xml, where the versions of Lucene and Jetty go with it
    "solr10": "10.0.0",  # as in scripts/testbed/solr10/pom.xml
    "elasticsearch": os.environ.get("ELASTICSEARCH_VERSION", "9.5.3"),
    "opensearch": "3.6.0",
}
# Elasticsearch refuses to run as root, so root's servers all run as nobody, who must be able to read their files.
RUN_AS = pwd.getpwnam("nobody") if os.geteuid() == 0 else None
CACHE = Path("/var/tmp") if RUN_AS else Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache")
CACHE = CACHE / "indexer-servers"


class Problem(Exception):
    """What keeps a server from running, in words for the person who asked for it."""


@contextmanager
def locked(path: Path) -> Iterator[None]:
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("w") as handle:
        fcntl.flock(handle, fcntl.LOCK_EX)
        yield


def reachable(path: Path) -> bool:
    """Whether every user of the machine may enter the folder."""
    return all(folder.stat().st_mode & 0o001 for folder in [path, *path.parents])


def java_home(least: int) -> Path | None:
    """The first Java home of at least this version that the run user can reach."""
    on_path = shutil.which("java")
    found = [Path(os.environ["JAVA_HOME"])] if os.environ.get("JAVA_HOME") else []
    found += [Path(on_path).resolve().parent.parent] if on_path else []
    found += sorted(Path("/usr/lib/jvm").glob("*"))
    found += sorted(Path("/Library/Java/JavaVirtualMachines").glob("*/Contents/Home"))
    for home in found:
        if not (home / "bin/javac").exists() or not (home / "release").exists():
            continue
        version = re.search(r'JAVA_VERSION="(\d+)', (home / "release").read_text())
        if version and int(version[1]) >= least and (not RUN_AS or reachable(home)):
            return home
    return None


def apt_install(*alternatives: str) -> None:
    """As root on Debian or Ubuntu install the first of these packages that there is; elsewhere do nothing."""
    if not RUN_AS or not shutil.which("apt-get"):
        return
    run_tool(["apt-get", "update", "-qq"])
    for package in alternatives:
        print(f"apt-get install {package}", file=sys.stderr)
        try:
            run_tool(["apt-get", "install", "-y", "-qq", "--no-install-recommends", package])
        except Problem as problem:
            print(problem, file=sys.stderr)
        else:
            return


def tools(kind: str) -> tuple[Path, str] | None:
    """Java home and mvn for this kind of server, installed where that can be done; None if one is missing."""
    if RUN_AS and CACHE.exists() and CACHE.stat().st_uid != 0:
        raise Problem(f"{CACHE} belongs to another user, who could change what runs here: remove it")
    with locked(CACHE / ".lock"):
        if not java_home(JAVA[kind]):
            newer = ["openjdk-21-jdk-headless", "openjdk-25-jdk-headless"]
            apt_install(*newer, *["openjdk-17-jdk-headless"] * (JAVA[kind] <= 17))
        if not shutil.which("mvn"):
            apt_install("maven")
    home, mvn = java_home(JAVA[kind]), shutil.which("mvn")
    return (home, mvn) if home and mvn else None


def run_tool(command: list[str]) -> None:
    """Run a program to its end; Problem with the last lines of what it said when it fails."""
    env = os.environ | {"DEBIAN_FRONTEND": "noninteractive"}
    with tempfile.TemporaryDirectory() as anywhere:  # mvn without a project leaves markers where it runs
        done = subprocess.run(
            command, cwd=anywhere, env=env, text=True,
            stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
        )  # fmt: skip
    if done.returncode:
        said = "\n".join(f"    {line[:300]}" for line in done.stdout.splitlines()[-12:])
        raise Problem(f"{Path(command[0]).name} {' '.join(command[1:])[:300]} failed:\n{said}")


def maven(mvn: str, goal: str, *arguments: str) -> None:
    run_tool([mvn, "-q", "-B", f"org.apache.maven.plugins:maven-dependency-plugin:3.6.1:{goal}", *arguments])


def fetched(name: str, make: Callable[[Path], None]) -> Path:
    """The folder CACHE/name, made by make(folder) if it is not there yet; whole or not at all."""
    target, part = CACHE / name, CACHE / f"{name}.part"
    with locked(CACHE / ".lock"):
        if not target.is_dir():
            print(f"fetching {name} (once, into {CACHE})", file=sys.stderr)
            shutil.rmtree(part, ignore_errors=True)
            part.mkdir()
            make(part)
            for path in [CACHE, part, *part.rglob("*")]:
                path.chmod(path.stat().st_mode | (0o755 if path.is_dir() else 0o444))
            part.rename(target)
    return target


def digest(*files: Path) -> str:
    """A short sum of files: another checkout's may differ, and must not share what is made from them."""
    return hashlib.sha256(b"".join(file.read_bytes() for file in files)).hexdigest()[:8]


def solr_jars(mvn: str) -> Path:
    """The folder with the jars of a Solr server, its web server included."""
    pom = TESTBED / "solr/pom.xml"
    scope = "-DincludeScope=runtime"
    return fetched(
        f"solr-{VERSIONS['solr']}-{digest(pom)}",
        lambda part: maven(mvn, "copy-dependencies", "-f", str(pom), scope, f"-DoutputDirectory={part}"),
    )


def solr10_classes(home: Path, mvn: str) -> list[Path]:
    """The class path of a Solr 10: its jars, and before them what Maven Central does not have of it. That is the module
    of streaming expressions, which Solr's core names: empty classes stand for it, and its handlers are left out.
    """
    source = TESTBED / "solr10"
    stubs = sorted((source / "stub").glob("*.java"))
    files = [source / "pom.xml", *stubs]
    streaming = ("/stream", "/graph", "/export", "/sql")

    def make(part: Path) -> None:
        jars, classes = part / "lib", part / "classes"
        copy = ["-f", str(source / "pom.xml"), "-DincludeScope=runtime", f"-DoutputDirectory={jars}"]
        maven(mvn, "copy-dependencies", *copy)
        compiler = [str(home / "bin/javac"), "--release", "21", "-proc:none", "-cp", f"{jars}/*", "-d", str(classes)]
        run_tool([*compiler, *map(str, stubs)])
        with zipfile.ZipFile(jars / f"solr-core-{VERSIONS['solr10']}.jar") as core:
            implicit = json.loads(core.read("ImplicitPlugins.json"))
        handlers = implicit["requestHandler"]
        implicit["requestHandler"] = {path: row for path, row in handlers.items() if path not in streaming}
        (classes / "ImplicitPlugins.json").write_text(json.dumps(implicit))

    made = fetched(f"solr-{VERSIONS['solr10']}-{digest(*files)}", make)
    return [made / "classes", made / "lib/*"]


def distribution(kind: str, home: Path, mvn: str) -> Path:
    """The unpacked Elasticsearch or OpenSearch of Maven Central, which is the genuine server with few or no modules."""
    version, group = VERSIONS[kind], {"elasticsearch": "org.elasticsearch", "opensearch": "org.opensearch"}[kind]

    def make(part: Path) -> None:
        artifact = f"{group}.distribution.integ-test-zip:{kind}:{version}:zip"
        maven(mvn, "unpack", f"-Dartifact={artifact}", f"-DoutputDirectory={part}")
        inner = part / f"{kind}-{version}"
        for path in list(inner.iterdir()):
            path.rename(part / path.name)
        inner.rmdir()
        if kind == "elasticsearch":
            add_plugin(part, home, mvn)

    plugin = f"-{digest(TESTBED / 'elastic/TestKitPlugin.java')}" if kind == "elasticsearch" else ""
    return fetched(f"{kind}-{version}{plugin}", make)


def add_plugin(dist: Path, home: Path, mvn: str) -> None:
    """Build our test plugin into an Elasticsearch, whose Maven distribution lacks most analysis filters and GET /."""
    lucene = next((dist / "lib").glob("lucene-core-*.jar")).stem.removeprefix("lucene-core-")
    plugin, classes = dist / "plugins/testkit", dist / "testkit-classes"
    pom = ["-f", str(TESTBED / "elastic/pom.xml"), f"-Dlucene.version={lucene}"]
    wanted = "-DincludeArtifactIds=lucene-analysis-icu,icu4j"
    maven(mvn, "copy-dependencies", *pom, wanted, f"-DoutputDirectory={plugin}")
    compiler = [str(home / "bin/javac"), "--release", "21", "-proc:none", "-cp", f"{dist}/lib/*:{plugin}/*"]
    source = (TESTBED / "elastic/TestKitPlugin.java").read_text()
    if VERSIONS["elasticsearch"].startswith("8."):  # which gives the handlers' parameters one by one
        source = source.replace(
            "ActionPlugin.RestHandlersServices s",
            "Settings settings, org.elasticsearch.common.io.stream.NamedWriteableRegistry registry, "
            "RestController controller, org.elasticsearch.common.settings.ClusterSettings cluster, "
            "org.elasticsearch.common.settings.IndexScopedSettings indices, "
            "org.elasticsearch.common.settings.SettingsFilter hidden, "
            "org.elasticsearch.cluster.metadata.IndexNameExpressionResolver names",
        ).replace("s.settings()", "settings")
    classes.mkdir()
    (classes / "TestKitPlugin.java").write_text(source)
    run_tool([*compiler, "-d", str(classes), str(classes / "TestKitPlugin.java")])
    run_tool([str(home / "bin/jar"), "cf", str(plugin / "testkit.jar"), "-C", str(classes), "."])
    shutil.rmtree(classes)
    (plugin / "plugin-descriptor.properties").write_text(
        "name=testkit\ndescription=what the Maven distribution lacks and the tests need\nversion=1\njava.version=21\n"
        f"elasticsearch.version={VERSIONS['elasticsearch']}\nclassname=testkit.TestKitPlugin\n"
    )
