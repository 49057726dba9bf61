"""What stands in for the packages that Rasa imports and this project never uses."""

import ssl
import subprocess
import sys
from pathlib import Path

import pytest
from lean_rasa import deferred, left_out, moved

from tools.settings import ROOT

NEVER_LOADED = (
    "aio_pika", "aiogram", "boto3", "jax", "keras", "matplotlib", "pymongo", "sentry_sdk", "setuptools", "sklearn",
    "slack_sdk", "tensorflow", "twilio", "typer",
)  # fmt: skip


def python(code, *, extra_path=None):
    """Runs `code` in a Python of its own; returns what it printed, output and errors together."""
    environment = {"PATH": "/usr/bin:/bin", "PYTHONWARNINGS": "ignore", "HOME": "/nonexistent"}
    if extra_path is not None:
        environment["PYTHONPATH"] = str(extra_path)
    done = subprocess.run(
        [sys.executable, "-c", code],
        cwd=ROOT,
        env=environment,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    return done.stdout + done.stderr


def test_a_server_loads_nothing_that_it_never_uses():
    code = f"""
import sys, rasa.__main__, rasa.core.run, rasa.core.agent, rasa.server, nlu.findings.extractor, nlu.intents.classifier
real = [n for n in {NEVER_LOADED!r} if n in sys.modules and getattr(sys.modules[n], "__file__", None)]
print("loaded:", real)"""
    assert python(code).strip().splitlines()[0] == "loaded: []"


def test_components_that_need_tensorflow_can_be_imported_and_say_what_they_lack_when_used():
    code = """
from rasa.engine.recipes.default_components import DEFAULT_COMPONENTS
from rasa.nlu.classifiers.diet_classifier import DIETClassifier
print(len(DEFAULT_COMPONENTS), "components")
from rasa.utils.tensorflow.models import RasaModel
class Model(RasaModel):
    pass
try:
    Model()
except ImportError as error:
    print(error)"""
    said = python(code)
    assert "components" in said
    assert "needs the package tensorflow, which is left out here" in said
    assert "pip install rasa==3.6.21" in said


def test_nobody_but_rasa_believes_that_tensorflow_is_there():
    code = """
import rasa.engine.recipes.default_components, thinc.compat
print(thinc.compat.has_tensorflow)
try:
    import tensorflow_hub
except ModuleNotFoundError:
    print("not there")
import importlib.util, sys
sys.modules.pop("tensorflow", None)
print(importlib.util.find_spec("tensorflow"))"""
    assert python(code).split() == ["False", "not", "there", "None"]


@pytest.mark.parametrize(
    ("store", "arguments", "package"),
    [("MongoTrackerStore", "Domain.empty()", "pymongo"), ("DynamoTrackerStore", "Domain.empty()", "boto3")],
)
def test_a_store_that_was_left_out_names_its_package_in_one_sentence(store, arguments, package):
    code = f"""
import rasa.core.tracker_store as stores
from rasa.shared.core.domain import Domain
from rasa.shared.exceptions import RasaException
try:
    stores.{store}({arguments})
except RasaException as error:
    print(error)"""
    expected = f"{store} needs the package {package}, which is left out here; add it: pip install '{package}'"
    assert python(code).strip() == expected


def test_what_is_installed_after_all_goes_before_its_stand_in(tmp_path):
    package = tmp_path / "pymongo"
    package.mkdir()
    (package / "__init__.py").write_text("")
    (package / "collection.py").write_text("class Collection:\n    real = True\n")
    code = "import rasa.core.tracker_store as stores; print(stores.Collection.real)"
    assert python(code, extra_path=tmp_path).strip() == "True"


def test_rasas_own_connectors_are_listed_and_loaded_when_asked_for():
    code = """
import sys
from rasa.core.channels import BUILTIN_CHANNELS
print(sorted(BUILTIN_CHANNELS))
print("twilio" in sys.modules)
made = BUILTIN_CHANNELS["twilio"].from_credentials({"account_sid": "a", "auth_token": "b", "twilio_number": "c"})
print(type(made).__module__, made.name(), "twilio" in sys.modules)
try:
    BUILTIN_CHANNELS["facebook"].from_credentials({"verify": "a", "secret": "b", "page-access-token": "c"})
except ImportError as error:
    print(error)"""
    listed, before, made, refused = python(code).strip().splitlines()
    for name in (
        "botframework",
        "cmdline",
        "facebook",
        "hangouts",
        "rest",
        "slack",
        "socketio",
        "telegram",
        "webexteams",
    ):
        assert f"'{name}'" in listed
    assert before == "False"
    assert made == "rasa.core.channels.twilio twilio True"
    assert refused.endswith("add it: pip install 'fbmessenger'")


def test_a_broker_that_was_left_out_is_said_at_once():
    code = """
import asyncio
from rasa.core.brokers.broker import EventBroker
from rasa.utils.endpoints import EndpointConfig
endpoint = EndpointConfig(url="localhost", type="pika", username="a", password="b")
try:
    asyncio.run(EventBroker.create(endpoint))
except ImportError as error:
    print(error)"""
    assert (
        python(code)
        .strip()
        .endswith("needs the package aio-pika, which is left out here; add it: pip install 'aio-pika'")
    )


def test_usage_statistics_are_off_unless_somebody_asks_for_them():
    code = "import rasa.telemetry as t; print(t.is_telemetry_enabled())"
    assert python(code).strip() == "False"


def test_resources_and_versions_are_found_without_setuptools():
    code = """
import os
from rasa.engine.training.fingerprinting import pkg_resources
print(os.path.isfile(pkg_resources.resource_filename("rasa", "shared/nlu/training_data/schemas/responses.yml")))
print(pkg_resources.get_distribution("rasa").version)"""
    assert python(code).split() == ["True", "3.6.21"]


def test_postgresql_is_reached_by_pg8000_in_the_schema_that_was_asked_for(monkeypatch):
    monkeypatch.setenv("POSTGRESQL_SCHEMA", "chat")
    asked = _asked_of_pg8000(monkeypatch, "")
    assert asked["startup_params"] == {"search_path": "chat"}
    assert "options" not in asked


@pytest.mark.parametrize(
    ("query", "verified", "hostname"),
    [("?sslmode=require", False, False), ("?sslmode=verify-ca", True, False), ("?sslmode=verify-full", True, True)],
)
def test_the_ssl_modes_of_an_address_are_kept(monkeypatch, query, verified, hostname):
    context = _asked_of_pg8000(monkeypatch, query)["ssl_context"]
    assert context.verify_mode == (ssl.CERT_REQUIRED if verified else ssl.CERT_NONE)
    assert context.check_hostname is hostname


@pytest.mark.parametrize("query", ["?sslmode=sometimes", "?options=-cstatement_timeout%3D5"])
def test_an_option_without_a_counterpart_is_refused_in_one_sentence(monkeypatch, query):
    with pytest.raises(ValueError, match=r"write require, verify-ca or verify-full|needs the package psycopg2-binary"):
        _asked_of_pg8000(monkeypatch, query)


def _asked_of_pg8000(monkeypatch, query):
    """Returns what pg8000 is asked for when SQLAlchemy connects, as Rasa has it, to an address with that query."""
    import pg8000
    import sqlalchemy as sa
    from rasa.core.tracker_store import create_engine_kwargs

    asked = {}

    def connect(*arguments, **named):
        asked.update(named)
        raise ConnectionError("nobody is there")

    monkeypatch.setattr(pg8000, "connect", connect)
    url = sa.engine.url.make_url(f"postgresql://somebody:secret@127.0.0.1:1/knee{query}")
    engine = sa.create_engine(url, module=pg8000, **create_engine_kwargs(url))
    assert engine.dialect.driver == "pg8000"
    with pytest.raises(ConnectionError):
        engine.connect()
    return asked


def test_plots_are_done_without_where_matplotlib_was_left_out():
    code = """
import lean_rasa.left_out as left_out
left_out.is_left_out = lambda name: True
import rasa.utils.plotting as plotting
plotting.plot_confusion_matrix([[1]], ["a"], "b")
print("went on")"""
    said = python(code)
    assert "went on" in said
    assert "needs the package matplotlib" in said


def test_a_report_of_nothing_is_empty_and_any_other_is_rasas():
    code = """
from rasa.nlu.test import _calculate_report
print(_calculate_report(None, [], [], True, "no_entity")[:4])
print(_calculate_report(None, ["a", "b"], ["a", "a"], True)[3])"""
    assert python(code).strip().splitlines()[-2:] == ["({}, 0.0, 0.0, 0.0)", "0.5"]


def test_websockets_are_received_from():
    """Sanic waits for coroutines, which Python 3.11 no longer takes."""
    code = """
import asyncio
from sanic.server.websockets import impl
async def said():
    return "heard"
async def main():
    done, _ = await impl.asyncio.wait((asyncio.Future(), said()), return_when=asyncio.FIRST_COMPLETED)
    print(done.pop().result())
asyncio.run(main())"""
    assert python(code).strip() == "heard"


def test_every_module_that_is_mended_or_deferred_exists():
    for name in (*moved._MENDED, *deferred._CONNECTORS, *deferred._FUNCTIONS, deferred._BROKER):
        root, _, rest = name.partition(".")
        folder = Path(__import__(root).__file__).parent
        assert (folder / f"{rest.replace('.', '/')}.py").is_file() or (folder / rest / "__init__.py").is_file(), name


def test_every_module_of_tensorflows_that_is_left_out_exists_in_rasa():
    folder = Path(__import__("rasa").__file__).parent / "utils" / "tensorflow"
    for name in left_out._OF_TENSORFLOW:
        assert (folder / f"{name.rpartition('.')[2]}.py").is_file()


def test_distutils_answers_what_rasa_and_sanic_ask():
    code = f"""
import sys
sys.path.insert(0, {str(ROOT / "runtime" / "lean_rasa" / "minimal")!r})
for name in [n for n in sys.modules if n.partition(".")[0] == "distutils"]:
    del sys.modules[name]
from distutils.util import strtobool
from distutils.dir_util import copy_tree
print([strtobool(word) for word in ("yes", "OFF", "1")], callable(copy_tree))
try:
    strtobool("perhaps")
except ValueError as error:
    print(error)"""
    assert python(code).strip().splitlines() == ["[1, 0, 1] True", "invalid truth value 'perhaps'"]
