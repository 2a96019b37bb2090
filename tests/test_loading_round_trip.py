"""What one mock answers is loaded into another, which then answers the same."""

from __future__ import annotations

import datetime

from hypothesis import given, settings
from hypothesis import strategies as st

from amplify_mock import DomainPlan, JobPlan, mock_amplify
from support.clients import body, client_of
from support.jobs import GITHUB, TEST_PHASE, UTC
from support.model import knows

MANUAL = {"plan": JobPlan(progress="manual"), "domain_plan": DomainPlan(progress="manual")}
PLACES = [("us-east-1", "123456789012"), ("eu-west-1", "111122223333")]

texts = st.text(st.characters(codec="ascii", exclude_categories=["C"]), max_size=20)
maps = st.dictionaries(st.sampled_from("ABC"), st.sampled_from(["", "1", "x y"]), max_size=2)
flags = st.booleans()
moments = st.integers(0, 10**12).map(lambda milliseconds: datetime.datetime.fromtimestamp(milliseconds / 1000, UTC))


def some(**members):
    """Return a strategy for any of the members."""
    return st.fixed_dictionaries({}, optional=members)


apps = some(
    description=texts,
    repository=st.just(GITHUB["repository"]),
    environment_variables=maps,
    enable_basic_auth=flags,
    custom_headers=texts,
    custom_rules=st.lists(st.just({"source": "/a", "target": "/b", "status": "200"}), max_size=2),
    build_spec=st.just(TEST_PHASE),
    enable_auto_branch_creation=flags,
    auto_branch_creation_config=some(stage=st.just("BETA"), environment_variables=maps),
    **({"job_config": st.just({"build_compute_type": "LARGE_16GB"})} if knows("App.jobConfig") else {}),
    tags=maps,
    create_time=moments,
)
branches = some(
    description=texts,
    stage=st.sampled_from(["PRODUCTION", "BETA"]),
    framework=texts,
    environment_variables=maps,
    ttl=st.sampled_from(["", "17"]),
    enable_auto_build=flags,
    **({"enable_skew_protection": flags} if knows("Branch.enableSkewProtection") else {}),
    tags=maps,
    create_time=moments,
)
ended = some(
    status=st.sampled_from(["SUCCEED", "FAILED", "CANCELLED"]),
    job_type=st.sampled_from(["RELEASE", "MANUAL", "WEB_HOOK"]),
    commit_id=texts,
    commit_message=texts,
    commit_time=moments,
    end_time=moments,
)
under_way = some(
    status=st.sampled_from(["PENDING", "PROVISIONING", "RUNNING", "CANCELLING"]),
    source_url=st.just("s3://bucket/site.zip"),
    start_time=moments,
)
domains = some(
    status=st.sampled_from(["CREATING", "PENDING_VERIFICATION", "AWAITING_APP_CNAME", "AVAILABLE", "FAILED"]),
    sub_domains=st.sampled_from([{}, {"": "main", "www": "main"}]),
    enable_auto_sub_domain=flags,
    auto_sub_domain_iam_role=st.just("arn:aws:iam::123456789012:role/domains"),
    certificate_settings=st.just(
        {"type": "CUSTOM", "customCertificateArn": "arn:aws:acm:us-east-1:123456789012:certificate/1"}
    ),
)
trees = st.tuples(
    st.sampled_from(PLACES),
    apps,
    branches,
    st.lists(ended, max_size=3),
    st.none() | under_way,
    st.lists(domains, max_size=2),
    some(description=texts, create_time=moments),
    some(stack_name=st.just("stack"), create_time=moments),
)


def build(amplify, number, tree):
    (region, account), app, branch, jobs, last, associations, webhook, environment = tree
    app_id = amplify.add_app(f"shop{number}", region_name=region, account_id=account, **app).app_id
    amplify.add_branch(app_id, "feature/x", **branch)
    amplify.add_branch(app_id, "main", **branch)
    for job in [*jobs, *([] if last is None else [{"status": "PENDING", **last}])]:
        amplify.add_job(app_id, "main", **job)
    for position, association in enumerate(associations):
        amplify.add_domain_association(app_id, f"example{number}{position}.com", **association)
    amplify.add_webhook(app_id, "feature/x", **webhook)
    amplify.add_backend_environment(app_id, "dev", **environment)


def documents(singly):
    """Return all answers of the active mock, parents first: of whole lists, or of each resource singly."""
    found = []
    for place in PLACES:
        client = client_of(*place)
        lists = [client.list_apps()]
        for app in lists[0]["apps"]:
            name = {"appId": app["appId"]}
            below = client.list_branches(**name)
            lists += [below, client.list_domain_associations(**name)]
            lists += [client.list_webhooks(**name), client.list_backend_environments(**name)]
            for branch in below["branches"]:
                lists.append(client.list_jobs(**name, branchName=branch["branchName"]))
        if singly:
            found += [answer for each in lists for answer in one_by_one(client, body(each))]
        else:
            found += map(body, lists)
    return found


def one_by_one(client, answer):
    ((key, resources),) = answer.items()
    return [body(ask_for(client, key, each)) for each in resources]


def ask_for(client, key, each):
    if key == "webhooks":
        return client.get_webhook(webhookId=each["webhookId"])
    arn = next(value for name, value in each.items() if name.endswith("Arn"))
    app_id, _, rest = arn.partition(":apps/")[2].partition("/")
    app = {"appId": app_id}
    if key == "apps":
        return client.get_app(**app)
    if key == "domainAssociations":
        return client.get_domain_association(**app, domainName=each["domainName"])
    if key == "backendEnvironments":
        return client.get_backend_environment(**app, environmentName=each["environmentName"])
    branch = {**app, "branchName": rest.removeprefix("branches/").partition("/jobs")[0]}
    return client.get_branch(**branch) if key == "branches" else client.get_job(**branch, jobId=each["jobId"])


@settings(max_examples=30, deadline=None)
@given(st.lists(trees, min_size=1, max_size=2))
def test_what_was_loaded_is_answered_again(built):
    with mock_amplify(**MANUAL) as amplify:
        for number, tree in enumerate(built):
            build(amplify, number, tree)
        singly, whole = documents(singly=True), documents(singly=False)
    with mock_amplify(**MANUAL) as amplify:
        for document in singly:
            amplify.load(document)
        assert documents(singly=True) == singly
        assert documents(singly=False) == whole
        for document in whole:
            amplify.load(document)
        assert documents(singly=True) == singly
    with mock_amplify(**MANUAL) as amplify:
        for document in whole:
            amplify.load(document)
        assert documents(singly=False) == whole
