"""What UpdateApp, UpdateBranch, UpdateDomainAssociation and UpdateWebhook change, and what they leave alone."""

from __future__ import annotations

import freezegun
import pytest
from botocore.exceptions import ClientError

from support.clients import body
from support.model import known, needs

ROLE = "arn:aws:iam::123456789012:role/amplify"
OTHER_ROLE = "arn:aws:iam::123456789012:role/other"
ROLES = needs("CreateAppRequest.computeRoleArn", "CreateBranchRequest.computeRoleArn")
CREDENTIALS = "dXNlcjpwYXNzd29yZA=="
RULE = {"source": "/<*>", "target": "/index.html", "status": "404-200"}
CUSTOM = {"type": "CUSTOM", "customCertificateArn": "arn:aws:acm:us-east-1:123456789012:certificate/1"}

# What a resource is made with, and what each member can be changed to.
APP = known(
    "CreateAppRequest",
    {
        "name": ("shop", "store"),
        "description": ("old", "new"),
        "platform": ("WEB", "WEB_COMPUTE"),
        "computeRoleArn": (ROLE, OTHER_ROLE),
        "iamServiceRoleArn": (ROLE, OTHER_ROLE),
        "environmentVariables": ({"A": "1", "B": "2"}, {"C": "3"}),
        "enableBranchAutoBuild": (True, False),
        "enableBranchAutoDeletion": (False, True),
        "enableBasicAuth": (True, False),
        "basicAuthCredentials": (CREDENTIALS, "b3RoZXI6cGFzc3dvcmQ="),
        "customRules": ([RULE], [{**RULE, "condition": "<US>"}, RULE]),
        "buildSpec": ("version: 1", "version: 2"),
        "customHeaders": ("customHeaders: []", ""),
        "enableAutoBranchCreation": (True, False),
        "autoBranchCreationPatterns": (["a*"], ["b*", "c*"]),
        "jobConfig": ({"buildComputeType": "LARGE_16GB"}, {"buildComputeType": "XLARGE_72GB"}),
        "cacheConfig": ({"type": "AMPLIFY_MANAGED"}, {"type": "AMPLIFY_MANAGED_NO_COOKIES"}),
    },
)
BRANCH = known(
    "CreateBranchRequest",
    {
        "description": ("old", "new"),
        "framework": ("React", "Vue"),
        "stage": ("BETA", "PRODUCTION"),
        "enableNotification": (True, False),
        "enableAutoBuild": (False, True),
        "enableSkewProtection": (True, False),
        "environmentVariables": ({"A": "1", "B": "2"}, {"C": "3"}),
        "basicAuthCredentials": (CREDENTIALS, "b3RoZXI6cGFzc3dvcmQ="),
        "enableBasicAuth": (True, False),
        "enablePerformanceMode": (True, False),
        "buildSpec": ("version: 1", "version: 2"),
        "ttl": ("10", "20"),
        "displayName": ("live", "www"),
        "enablePullRequestPreview": (True, False),
        "pullRequestEnvironmentName": ("pr", "preview"),
        "backendEnvironmentArn": ("arn:aws:amplify:us-east-1:123456789012:apps/d1/backendenvironments/dev", ""),
        "backend": (
            {"stackArn": "arn:aws:cloudformation:us-east-1:123456789012:stack/one/1"},
            {"stackArn": "arn:aws:cloudformation:us-east-1:123456789012:stack/two/2"},
        ),
        "computeRoleArn": (ROLE, OTHER_ROLE),
    },
)
DOMAIN = {
    "subDomainSettings": (
        [{"prefix": "www", "branchName": "main"}, {"prefix": "", "branchName": "main"}],
        [{"prefix": "api", "branchName": "dev"}],
    ),
    "autoSubDomainCreationPatterns": (["a*"], ["b*"]),
    "autoSubDomainIAMRole": (ROLE, OTHER_ROLE),
    "enableAutoSubDomain": (True, False),
    "certificateSettings": ({"type": "AMPLIFY_MANAGED"}, CUSTOM),
}
WEBHOOK = {"branchName": ("main", "dev"), "description": ("old", "new")}


def old(members):
    return {name: before for name, (before, _) in members.items()}


def new(members):
    return {name: after for name, (_, after) in members.items()}


class World:
    """An app with all that can be updated, and what every operation says about it."""

    def __init__(self, client):
        self.client = client
        self.app = {"appId": client.create_app(**old(APP))["app"]["appId"]}
        self.branch = {**self.app, "branchName": "main"}
        client.create_branch(**self.branch, **old(BRANCH))
        client.create_branch(**self.app, branchName="dev", displayName="taken")
        self.domain = {**self.app, "domainName": "example.com"}
        client.create_domain_association(**self.domain, **old(DOMAIN))
        for _ in range(4):
            client.get_domain_association(**self.domain)
        webhook = client.create_webhook(**self.app, **old(WEBHOOK))["webhook"]
        self.webhook = {"webhookId": webhook["webhookId"]}

    def __call__(self):
        """Return everything that can be read."""
        client = self.client
        answers = [
            client.list_apps(),
            client.list_branches(**self.app),
            client.list_domain_associations(**self.app),
            client.list_webhooks(**self.app),
        ]
        return [body(answer) for answer in answers]

    def update(self, kind, **members):
        parameters = {**getattr(self, kind), **members}
        operation = {
            "app": self.client.update_app,
            "branch": self.client.update_branch,
            "domain": self.client.update_domain_association,
            "webhook": self.client.update_webhook,
        }[kind]
        (resource,) = body(operation(**parameters)).values()
        return resource


@pytest.fixture
def world(client):
    return World(client)


def is_shown(answer, name, value):
    if name == "subDomainSettings":
        return [each["subDomainSetting"] for each in answer["subDomains"]] == value
    if name == "certificateSettings":
        return answer["certificate"].items() >= value.items()
    return answer[name] == value


TABLES = {"app": APP, "branch": BRANCH, "domain": DOMAIN, "webhook": WEBHOOK}
MEMBERS = [(kind, name) for kind, members in TABLES.items() for name in members]
#: Derived from other members, or from the time: these may change along.
FOLLOWING = {"updateTime", "updateStatus", "domainStatus", "certificateVerificationDNSRecord", "customDomains"}


# Patches


@pytest.mark.parametrize(("kind", "name"), MEMBERS)
def test_an_update_changes_the_member_that_is_given_and_no_other(world, kind, name):
    members = TABLES[kind]
    before = world.update(kind) if kind != "domain" else world()[2]["domainAssociations"][0]
    after = world.update(kind, **{name: members[name][1]})
    for other, (value, _) in members.items():
        assert is_shown(after, other, members[name][1] if other == name else value)
    ends_in = {"certificateSettings": "certificate", "subDomainSettings": "subDomains"}
    named = {ends_in.get(other, other) for other in members} | FOLLOWING
    assert {key: value for key, value in after.items() if key not in named} == {
        key: value for key, value in before.items() if key not in named
    }


@pytest.mark.parametrize(("kind", "name"), MEMBERS)
def test_what_an_update_answers_is_what_can_be_read_afterwards(world, kind, name):
    members = TABLES[kind]
    after = world.update(kind, **{name: members[name][1]})
    read = {
        "app": lambda: world.client.get_app(**world.app)["app"],
        "branch": lambda: world.client.get_branch(**world.branch)["branch"],
        "domain": lambda: world.client.get_domain_association(**world.domain)["domainAssociation"],
        "webhook": lambda: world.client.get_webhook(**world.webhook)["webhook"],
    }[kind]()
    assert is_shown(read, name, members[name][1])
    if kind != "domain":
        assert read == after


@pytest.mark.parametrize("kind", ["app", "branch", "webhook"])
def test_an_update_moves_the_update_time_and_not_the_create_time(client, kind):
    with freezegun.freeze_time("2024-09-01T12:00:00Z") as clock:
        world = World(client)
        clock.tick(60)
        after = world.update(kind, description="new")
    assert (after["updateTime"] - after["createTime"]).total_seconds() == 60


@pytest.mark.parametrize("kind", ["app", "branch"])
def test_an_update_leaves_the_other_resources_alone(world, kind):
    before = world()
    world.update(kind, description="new")
    after = world()
    changed = {"app": 0, "branch": 1}[kind]
    assert [index for index in range(4) if before[index] != after[index]] == [changed]


# What is empty


@pytest.mark.parametrize("kind", ["app", "branch"])
@pytest.mark.parametrize(
    ("given", "kept"),
    [
        ({"C": "3"}, {"C": "3"}),
        ({}, {"A": "1", "B": "2"}),
        ({"": ""}, {}),
        ({"": "", "C": "3"}, {"C": "3"}),
        ({"": "x"}, {}),
    ],
)
def test_the_map_of_variables_is_replaced_as_a_whole(world, kind, given, kept):
    assert world.update(kind, environmentVariables=given)["environmentVariables"] == kept


@pytest.mark.parametrize(
    ("kind", "name"),
    [
        ("app", "description"),
        ("app", "iamServiceRoleArn"),
        ("app", "basicAuthCredentials"),
        ("branch", "basicAuthCredentials"),
    ],
)
def test_an_empty_string_does_not_clear_these(world, kind, name):
    before = TABLES[kind][name][0]
    assert world.update(kind, **{name: ""})[name] == before


@pytest.mark.parametrize(
    ("kind", "name"),
    [
        ("app", "customHeaders"),
        pytest.param("app", "computeRoleArn", marks=ROLES),
        ("branch", "description"),
        ("branch", "backendEnvironmentArn"),
        pytest.param("branch", "computeRoleArn", marks=ROLES),
        ("domain", "autoSubDomainIAMRole"),
        ("webhook", "description"),
    ],
)
def test_an_empty_string_clears_these(world, kind, name):
    assert world.update(kind, **{name: ""}).get(name, "") == ""


@pytest.mark.parametrize(
    ("kind", "name", "ends_in"),
    [
        ("app", "customRules", "customRules"),
        ("app", "autoBranchCreationPatterns", "autoBranchCreationPatterns"),
        ("domain", "subDomainSettings", "subDomains"),
        ("domain", "autoSubDomainCreationPatterns", "autoSubDomainCreationPatterns"),
    ],
)
def test_an_empty_list_clears(world, kind, name, ends_in):
    assert world.update(kind, **{name: []}).get(ends_in, []) == []


def test_switching_auto_branch_creation_off_keeps_config_and_patterns(world):
    config = world.update("app", autoBranchCreationConfig={"framework": "React"})["autoBranchCreationConfig"]
    after = world.update("app", enableAutoBranchCreation=False)
    assert (after["autoBranchCreationConfig"], after["autoBranchCreationPatterns"]) == (config, ["a*"])


def test_a_config_of_auto_branch_creation_is_completed(world):
    after = world.update("app", autoBranchCreationConfig={"stage": "BETA", "environmentVariables": {"": "", "A": "1"}})
    assert after["autoBranchCreationConfig"] == {
        "stage": "BETA",
        "enableAutoBuild": False,
        "enableBasicAuth": False,
        "enablePerformanceMode": False,
        "enablePullRequestPreview": False,
        "environmentVariables": {"A": "1"},
    }


def test_a_branch_turned_to_production_is_the_production_branch_only_after_a_deployment(world):
    world.update("branch", stage="PRODUCTION")
    assert "productionBranch" not in world.client.get_app(**world.app)["app"]
    world.client.start_deployment(**world.branch, sourceUrl="s3://bucket/site.zip")
    for _ in range(2):
        world.client.get_job(**world.branch, jobId="1")
    assert world.client.get_app(**world.app)["app"]["productionBranch"]["branchName"] == "main"


# Updates that fail

MANY = [{"prefix": f"s{number}", "branchName": "main"} for number in range(51)]
REFUSED = [
    ("app", {"environmentVariables": {"A": "9", "AWS_REGION": "x"}}),
    pytest.param("app", {"computeRoleArn": "nonsense"}, marks=ROLES),
    ("app", {"autoBranchCreationConfig": {"environmentVariables": {"AWS_REGION": "x"}}}),
    ("app", {"autoBranchCreationConfig": {"stage": "NONE"}}),
    ("app", {"repository": "https://github.com/me/shop"}),
    ("app", {"repository": "nonsense", "accessToken": "t"}),
    ("app", {"repository": "https://github.com/me/shop", "accessToken": "t"}),
    ("app", {"platform": "DESKTOP"}),
    ("app", {"buildSpec": "x" * 25001}),
    ("app", {"customRules": [RULE, {"source": "/", "target": "/", "status": "404-2000"}]}),
    ("branch", {"environmentVariables": {"A": "9", "AWS_REGION": "x"}}),
    pytest.param("branch", {"computeRoleArn": "nonsense"}, marks=ROLES),
    ("branch", {"displayName": "taken"}),
    ("branch", {"stage": "NONE"}),
    ("branch", {"ttl": "soon"}),
    ("branch", {"backend": {"stackArn": "arn:aws:s3:::bucket-of-mine"}}),
    ("domain", {"subDomainSettings": [{"prefix": "www", "branchName": "nowhere"}]}),
    ("domain", {"subDomainSettings": MANY}),
    ("domain", {"autoSubDomainIAMRole": "nonsense"}),
    ("domain", {"certificateSettings": {"type": "CUSTOM", "customCertificateArn": "nonsense"}}),
    ("webhook", {"branchName": "nowhere"}),
    ("webhook", {"description": "x" * 1001}),
]


@pytest.mark.parametrize(("kind", "wrong"), REFUSED)
def test_a_refused_update_changes_nothing_at_all(world, kind, wrong):
    before = world()
    with pytest.raises(ClientError):
        world.update(kind, **{**new(TABLES[kind]), **wrong})
    assert world() == before


@pytest.mark.parametrize("kind", TABLES)
def test_the_same_update_without_the_mistake_is_taken(world, kind):
    before = world()
    world.update(kind, **new(TABLES[kind]))
    assert world() != before


CREATE_REFUSED = [
    ("create_app", {"name": "x", "environmentVariables": {"AWS_X": "1"}}),
    ("create_app", {"name": "x", "repository": "https://github.com/me/shop"}),
    pytest.param("create_branch", {"branchName": "new", "computeRoleArn": "nonsense"}, marks=ROLES),
    ("create_branch", {"branchName": "new", "displayName": "taken"}),
    ("create_branch", {"branchName": "main"}),
    ("create_domain_association", {"domainName": "b.com", "subDomainSettings": MANY}),
    ("create_domain_association", {"domainName": "example.com", "subDomainSettings": []}),
    ("create_webhook", {"branchName": "nowhere"}),
]


@pytest.mark.parametrize(("operation", "wrong"), CREATE_REFUSED)
def test_a_refused_creation_changes_nothing_at_all(world, operation, wrong):
    before = world()
    app = {} if operation == "create_app" else world.app
    with pytest.raises(ClientError):
        getattr(world.client, operation)(**app, **wrong)
    assert world() == before


# What is kept is the mock's own


def test_what_the_caller_changes_afterwards_does_not_reach_the_mock(world):
    variables, rules = {"A": "1"}, [dict(RULE)]
    answer = world.update("app", environmentVariables=variables, customRules=rules)
    variables["B"] = "2"
    rules[0]["target"] = "/elsewhere"
    answer["environmentVariables"]["C"] = "3"
    after = world.client.get_app(**world.app)["app"]
    assert (after["environmentVariables"], after["customRules"]) == ({"A": "1"}, [RULE])
