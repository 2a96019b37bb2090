"""CreateWebhook, GetWebhook, ListWebhooks, UpdateWebhook and DeleteWebhook."""

from __future__ import annotations

import re
from urllib.parse import parse_qs, urlsplit

import freezegun
import pytest

from support.clients import client_of, not_found, refusal
from support.jobs import app_with_branches
from support.transports import at_aws

UUID = r"[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}"


@pytest.fixture
def app_id(client):
    return app_with_branches(client, "main", "feature/x")


def create(client, app_id, branch="main", **members):
    return client.create_webhook(appId=app_id, branchName=branch, **members)["webhook"]


def get(client, webhook):
    return client.get_webhook(webhookId=webhook["webhookId"])["webhook"]


def update(client, webhook, **members):
    return client.update_webhook(webhookId=webhook["webhookId"], **members)["webhook"]


def listed(client, app_id, **parameters):
    return client.list_webhooks(appId=app_id, **parameters)


def test_a_new_webhook_has_the_recorded_form(client, app_id):
    webhook = create(client, app_id, description="builds main")
    webhook_id = webhook["webhookId"]
    assert re.fullmatch(UUID, webhook_id)
    assert webhook["webhookArn"] == f"arn:aws:amplify:us-east-1:123456789012:apps/{app_id}/webhooks/{webhook_id}"
    assert (webhook["branchName"], webhook["description"]) == ("main", "builds main")
    assert webhook["createTime"] == webhook["updateTime"]
    assert webhook.get("appId", app_id) == app_id


def test_its_url_holds_its_id_and_a_token(client, app_id):
    webhook = create(client, app_id)
    url = urlsplit(at_aws(webhook["webhookUrl"]))
    assert (url.scheme, url.netloc, url.path) == ("https", "webhooks.amplify.us-east-1.amazonaws.com", "/prod/webhooks")
    query = parse_qs(url.query)
    assert query["id"] == [webhook["webhookId"]]
    assert re.fullmatch(r"[0-9A-Za-z]{40,42}", query["token"][0])


def test_its_url_is_in_its_region(amplify_mock):
    client = client_of("eu-west-1")
    webhook = create(client, app_with_branches(client, "main", "feature/x"))
    assert webhook["webhookUrl"].startswith("https://webhooks.amplify.eu-west-1.amazonaws.com/")


def test_no_two_webhooks_have_the_same_id_or_url(client, app_id):
    webhooks = [create(client, app_id) for _ in range(3)]
    assert len({each["webhookId"] for each in webhooks}) == 3
    assert len({each["webhookUrl"] for each in webhooks}) == 3


def test_without_a_description_it_is_empty(client, app_id):
    assert create(client, app_id)["description"] == ""


@pytest.mark.amplify_mock(fidelity="recorded")
def test_without_a_description_the_real_service_sends_none(client, app_id):
    webhook = create(client, app_id)
    assert "description" not in webhook
    assert get(client, webhook) == webhook


def test_a_webhook_is_found_by_its_id_alone(client, app_id):
    webhook = create(client, app_id)
    other = create(client, app_with_branches(client, "main", "feature/x"))
    assert (get(client, webhook), get(client, other)) == (webhook, other)


def test_the_webhooks_of_one_app_are_listed_in_order(client, app_id):
    create(client, app_with_branches(client, "main", "feature/x"))
    webhooks = [create(client, app_id, branch) for branch in ("main", "feature/x", "main")]
    assert listed(client, app_id)["webhooks"] == webhooks


def test_webhooks_are_listed_in_pages(client, app_id):
    webhooks = [create(client, app_id) for _ in range(5)]
    found, parameters, sizes = [], {"maxResults": 2}, []
    while True:
        page = listed(client, app_id, **parameters)
        found += page["webhooks"]
        sizes.append(len(page["webhooks"]))
        if "nextToken" not in page:
            break
        parameters["nextToken"] = page["nextToken"]
    assert (found, sizes) == (webhooks, [2, 2, 1])


def test_branch_and_description_can_be_changed_and_the_url_stays(client, app_id):
    with freezegun.freeze_time("2024-09-01T12:00:00Z") as clock:
        webhook = create(client, app_id, description="old")
        clock.tick(60)
        changed = update(client, webhook, branchName="feature/x", description="new")
    assert changed == {
        **webhook,
        "branchName": "feature/x",
        "description": "new",
        "updateTime": changed["updateTime"],
    }
    assert (changed["updateTime"] - webhook["updateTime"]).total_seconds() == 60
    assert get(client, webhook) == changed


def test_the_branch_must_exist(client, app_id):
    webhook = create(client, app_id, description="old")
    answer = not_found("Branch nowhere not found.")
    assert refusal(client.create_webhook, appId=app_id, branchName="nowhere") == answer
    parameters = {"webhookId": webhook["webhookId"], "branchName": "nowhere", "description": "new"}
    assert refusal(client.update_webhook, **parameters) == answer
    assert listed(client, app_id)["webhooks"] == [webhook]


def test_an_unknown_app_is_not_found(client, app_id):
    answer = not_found("App dunknown not found.")
    assert refusal(client.create_webhook, appId="dunknown", branchName="main") == answer
    assert refusal(client.list_webhooks, appId="dunknown") == answer


@pytest.mark.parametrize("operation", ["get_webhook", "update_webhook", "delete_webhook"])
@pytest.mark.parametrize("webhook_id", ["nonsense", "a/b", "00000000-0000-4000-8000-000000000000"])
def test_an_unknown_webhook_is_not_found(client, app_id, operation, webhook_id):
    create(client, app_id)
    answer = refusal(getattr(client, operation), webhookId=webhook_id)
    assert answer == not_found(f"Webhook {webhook_id} not found.")


@pytest.mark.parametrize(("region", "key"), [("eu-west-1", "testing"), ("us-east-1", "111122223333")])
def test_a_webhook_of_another_region_or_account_is_not_found(client, app_id, region, key):
    webhook = create(client, app_id)
    other = client_of(region, key)
    for operation in (other.get_webhook, other.update_webhook, other.delete_webhook):
        assert refusal(operation, webhookId=webhook["webhookId"])[:2] == ("NotFoundException", 404)
    assert get(client, webhook) == webhook


def test_a_deleted_webhook_is_gone(client, app_id):
    webhook, other = create(client, app_id), create(client, app_id)
    assert client.delete_webhook(webhookId=webhook["webhookId"])["webhook"] == webhook
    for operation in (client.get_webhook, client.update_webhook, client.delete_webhook):
        answer = refusal(operation, webhookId=webhook["webhookId"])
        assert answer == not_found(f"Webhook {webhook['webhookId']} not found.")
    assert listed(client, app_id)["webhooks"] == [other]


def test_an_app_goes_with_its_webhooks(client, app_id):
    webhook = create(client, app_id)
    client.delete_app(appId=app_id)
    assert refusal(client.get_webhook, webhookId=webhook["webhookId"])[:2] == ("NotFoundException", 404)


def test_a_webhook_outlives_its_branch(client, app_id):
    webhook = create(client, app_id)
    client.delete_branch(appId=app_id, branchName="main")
    assert get(client, webhook) == webhook
    assert update(client, webhook, branchName="feature/x")["branchName"] == "feature/x"
