"""What the calls to the tiny Amplify are made with: few names, so that they meet."""

from __future__ import annotations

from hypothesis import strategies as st

from support.model import known
from support.tiny_jobs import BROKEN_SPEC, TEST_PHASE

GITHUB, CODE_COMMIT = "https://github.com/example/shop", "https://git-codecommit.us-east-1.amazonaws.com/v1/repos/shop"
CERTIFICATE = "arn:aws:acm:us-east-1:123456789012:certificate/1"
ROLE = "arn:aws:iam::123456789012:role/x"

NOBODY = 99
NOWHERE = "arn:aws:amplify:us-east-1:123456789012:apps/dunknown"
# Which of those that there are; the last means one that there is not.
picks = st.sampled_from([*range(8), *range(8), NOBODY])
many_picks = st.sampled_from([*range(30), NOBODY])
few = st.integers(0, 3)


def chosen(things, pick, nobody):
    return nobody if pick == NOBODY or not things else things[pick % len(things)]


def some(members):
    """Draw some members, and leave the others out."""
    return st.fixed_dictionaries({}, optional=members)


branch_names = st.sampled_from(["main", "dev", "MAIN", "feature/x", "main/jobs/0000000001"])
domain_names = st.sampled_from(["example.com", "Example.COM.", "shop.example.com", "example.org"])
environment_names = st.sampled_from(["dev", "prod", "x", "production2", "Dev"])
job_ids = st.sampled_from(["1", "1", "2", "3", "99"])
job_types = st.sampled_from(["RELEASE", "RELEASE", "RETRY", "WEB_HOOK", "MANUAL"])
tags = st.dictionaries(st.sampled_from("abc"), st.sampled_from(["", "x"]), max_size=2)
one_or_two_tags = st.dictionaries(st.sampled_from("abc"), st.sampled_from(["", "x"]), min_size=1, max_size=2)
sizes = some({"maxResults": st.integers(0, 3)})
tokens = st.sampled_from([None, None, 0, 1, 2, NOBODY])
waits = st.sampled_from([1, 5, 6, 10, 20, 40, 61, 100, 8 * 3600, 9 * 3600])
seldom = st.sampled_from([True, *[False] * 5])

_common = {
    "description": st.sampled_from(["", "new"]),
    "environmentVariables": st.sampled_from([{}, {"": ""}, {"A": "1"}, {"AWS_X": "1"}, {"B": "2", "": "x"}]),
    "buildSpec": st.sampled_from([TEST_PHASE, TEST_PHASE, BROKEN_SPEC, "version: 1"]),
    "computeRoleArn": st.sampled_from(["", ROLE, ROLE, "role"]),
}
app_settings = known(
    "CreateAppRequest",
    {
        **_common,
        "platform": st.sampled_from(["WEB", "WEB_COMPUTE"]),
        "repository": st.sampled_from([GITHUB, GITHUB, CODE_COMMIT, "shop"]),
        "accessToken": st.just("t"),
    },
)
branch_settings = known(
    "CreateBranchRequest",
    {
        **_common,
        "stage": st.sampled_from(["PRODUCTION", "PRODUCTION", "BETA"]),
        "displayName": st.sampled_from(["", "main", "Dev", "live"]),
    },
)
job_plans = st.sampled_from(
    [{"fail_at": "BUILD"}, {"fail_at": "TEST"}, {"fail_at": "DEPLOY"}, {"provisioning": 3}, {"progress": "clock"}]
)
domain_plans = st.sampled_from([{}, {}, {"fail_at": "PENDING_VERIFICATION"}, {"deletion": 20}])
sub_domains = st.lists(
    st.builds(
        lambda prefix, name: {"prefix": prefix, "branchName": name}, st.sampled_from(["", "www", "shop"]), branch_names
    ),
    max_size=3,
    unique_by=lambda each: each["prefix"],
)
certificates = st.sampled_from(
    [{"type": "AMPLIFY_MANAGED"}, {"type": "CUSTOM", "customCertificateArn": CERTIFICATE}, {"type": "CUSTOM"}]
)
