"""@mock_amplify on plain classes, run by pytest or called by hand."""

from __future__ import annotations

import functools
import unittest
from collections.abc import Callable, Iterator
from typing import Any

import boto3
import pytest

from amplify_mock import mock_amplify
from support.apps import create, is_mocked, names


@mock_amplify
class TestPlain:
    def test_one(self) -> None:
        assert names() == []
        create("one")
        assert names() == ["one"]

    def test_two(self) -> None:
        assert names() == []
        create("two")
        assert names() == ["two"]

    async def test_async(self) -> None:
        create("async")
        assert names() == ["async"]

    @pytest.mark.parametrize("name", ["shop", "blog"])
    def test_parameters_and_fixtures(self, name: str, tmp_path: Any) -> None:
        assert tmp_path.is_dir()
        create(name)
        assert names() == [name]


@mock_amplify
class TestSetUpMethod:
    def setup_method(self) -> None:
        self.app_id = create("mine")

    def teardown_method(self, method: Callable[..., Any]) -> None:
        assert "added" in method.__name__ or names() == ["mine"]

    def test_it_is_seen(self) -> None:
        assert boto3.client("amplify").get_app(appId=self.app_id)["app"]["name"] == "mine"

    def test_what_is_added(self) -> None:
        create("more")
        assert names() == ["mine", "more"]

    def test_what_is_added_elsewhere(self) -> None:
        create("other")
        assert names() == ["mine", "other"]


@mock_amplify
class TestSetUpMethodThatTakesTheTest:
    def setup_method(self, method: Callable[..., Any]) -> None:
        create(method.__name__)

    def test_one(self) -> None:
        assert names() == ["test_one"]

    def test_two(self) -> None:
        assert names() == ["test_two"]


@mock_amplify
class TestSetUpClass:
    app_id: str

    @classmethod
    def setup_class(cls) -> None:
        cls.app_id = create("class")

    @classmethod
    def teardown_class(cls) -> None:
        assert names() == ["class"]

    def setup_method(self) -> None:
        create("test")

    def test_one(self) -> None:
        assert names() == ["class", "test"]
        boto3.client("amplify").delete_app(appId=self.app_id)

    def test_two(self) -> None:
        assert names() == ["class", "test"]
        boto3.client("amplify").update_app(appId=self.app_id, name="renamed")

    def test_three(self) -> None:
        assert names() == ["class", "test"]
        create("three")


@mock_amplify
class TestFixturesOfAClass:
    @pytest.fixture(scope="class")
    @classmethod
    def of_the_class(cls) -> Iterator[str]:
        yield create("class")
        assert "class" in names()

    @pytest.fixture(autouse=True)
    def of_every_test(self) -> Iterator[None]:
        create("every")
        yield
        assert "every" in names()

    @pytest.fixture
    def of_a_test(self) -> str:
        return create("one")

    def test_one(self, of_the_class: str, of_a_test: str) -> None:
        assert of_the_class != of_a_test
        assert names() == ["class", "every", "one"]

    @pytest.mark.usefixtures("of_the_class")
    def test_two(self) -> None:
        assert names() == ["class", "every"]

    @pytest.mark.usefixtures("of_the_class")
    def test_three(self) -> None:
        assert names() == ["class", "every"]


@pytest.fixture
def of_the_module() -> str:
    return create("module")


@pytest.mark.usefixtures("of_the_module")
@mock_amplify
class TestFixturesOfAModule:
    def test_one(self) -> None:
        assert names() == ["module"]

    def test_two(self) -> None:
        assert names() == ["module"]


@mock_amplify
class TestHelpers:
    shop = "shop"

    @staticmethod
    def static(*args: Any) -> None:
        assert not args
        create("static")

    @classmethod
    def of_class(cls, *args: Any) -> None:
        assert not args
        create(cls.__name__)

    def _helper(self) -> None:
        create("helper")

    def __private(self) -> None:
        create("private")

    def public(self) -> str:
        return create("public")

    @property
    def value(self) -> list[str]:
        return names()

    def test_they_share_the_state_of_the_test(self) -> None:
        self.static()
        self.of_class()
        self._helper()
        self.__private()
        self.public()
        assert self.value == ["TestHelpers", "helper", "private", "public", "static"]

    def test_they_leave_nothing(self) -> None:
        assert self.value == []
        assert self.shop == "shop"


@mock_amplify
class TestStaticHooks:
    @staticmethod
    def setup_class() -> None:
        create("class")

    @staticmethod
    def setup_method(method: Callable[..., Any]) -> None:
        create(method.__name__)

    def teardown_method(self) -> None:
        assert len(names()) == 2

    def test_1(self) -> None:
        assert names() == ["class", "test_1"]

    def test_2(self) -> None:
        assert names() == ["class", "test_2"]


def logged(function: Callable[..., Any]) -> Callable[..., Any]:
    @functools.wraps(function)
    def wrapper(*args: Any, **kwargs: Any) -> Any:
        return function(*args, **kwargs)

    return wrapper


@mock_amplify
class TestHooksWithADecorator:
    @logged
    def setup_method(self, method: Callable[..., Any]) -> None:
        create("test")

    def test(self) -> None:
        assert names() == ["test"]


@mock_amplify
class TestHooksWithTheSameDecorator:
    @mock_amplify
    def setup_method(self, method: Callable[..., Any]) -> None:
        create("test")

    def test(self) -> None:
        assert names() == ["test"]


@mock_amplify
class TestSetUpMethodThatIsAFixture:
    @pytest.fixture(autouse=True)
    def setup_method(self, tmp_path: Any) -> Iterator[None]:
        create(tmp_path.name)
        yield
        assert len(names()) == 1

    def test_1(self, tmp_path: Any) -> None:
        assert names() == [tmp_path.name]

    def test_2(self, tmp_path: Any) -> None:
        assert names() == [tmp_path.name]


@mock_amplify
@mock_amplify
class TestDecoratedTwice:
    def setup_class(cls) -> None:  # noqa: N805 (pytest takes it without @classmethod too)
        create("class")

    def setup_method(self) -> None:
        create("test")

    def test_1(self) -> None:
        assert names() == ["class", "test"]
        create("more")

    def test_2(self) -> None:
        assert names() == ["class", "test"]
        create("more")


@mock_amplify
class TestThatStopsEverything:
    def test_1(self) -> None:
        assert names() == []
        create("shop")
        mock_amplify.stop_all()

    def test_2(self) -> None:
        assert names() == []
        create("shop")
        mock_amplify.stop_all()


# What a decorated class is


def test_a_decorated_class_is_the_same_class() -> None:
    class Case(unittest.TestCase):
        """What it tests."""

        def test(self) -> None:
            """Say something."""

    class Plain:
        def test_plain(self, name: str) -> str:
            """Say something."""
            return name

    assert mock_amplify(Case) is Case
    assert Case("test").shortDescription() == "Say something."
    assert Case.__doc__ == "What it tests."
    assert mock_amplify()(Plain) is Plain
    assert Plain.test_plain.__doc__ == "Say something."
    assert Plain().test_plain("shop") == "shop"


def test_each_call_of_a_method_by_hand_starts_fresh() -> None:
    @mock_amplify
    class Deployer:
        def deploy(self, name: str) -> list[str]:
            create(name)
            self.again(name)
            return names()

        def again(self, name: str) -> None:
            create(name)

        async def deploy_async(self) -> list[str]:
            create("async")
            return names()

    deployer = Deployer()
    assert deployer.deploy("shop") == ["shop", "shop"]
    assert deployer.deploy("blog") == ["blog", "blog"]
    with pytest.raises(StopIteration) as end:
        deployer.deploy_async().send(None)
    assert end.value.value == ["async"]
    assert not is_mocked()
