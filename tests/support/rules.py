"""Rules of moto's EventBridge, the queues that they lead to, and jobs to hear of."""

from __future__ import annotations

import json

import boto3

OF_AMPLIFY = {"source": ["aws.amplify"]}


def service(name, region="us-east-1"):
    return boto3.client(name, region_name=region)


def put_rule(arn, pattern=OF_AMPLIFY, name="jobs", region="us-east-1", **target):
    """Put a rule with one target, and return EventBridge's client."""
    events = service("events", region)
    events.put_rule(Name=name, EventPattern=json.dumps(pattern))
    events.put_targets(Rule=name, Targets=[{"Id": "1", "Arn": arn, **target}])
    return events


class Queue:
    """A queue, and the messages that it gets."""

    def __init__(self, name="jobs", region="us-east-1"):
        self._client = service("sqs", region)
        self._url = self._client.create_queue(QueueName=name)["QueueUrl"]
        asked = self._client.get_queue_attributes(QueueUrl=self._url, AttributeNames=["QueueArn"])
        self.arn = asked["Attributes"]["QueueArn"]

    def read(self):
        found = self._client.receive_message(QueueUrl=self._url, MaxNumberOfMessages=10).get("Messages", [])
        for each in found:
            self._client.delete_message(QueueUrl=self._url, ReceiptHandle=each["ReceiptHandle"])
        return [json.loads(each["Body"]) for each in found]

    def statuses(self):
        return [each["detail"]["jobStatus"] for each in self.read()]


def new_branch(region="us-east-1", name="main"):
    client = service("amplify", region)
    app_id = client.create_app(name="shop")["app"]["appId"]
    client.create_branch(appId=app_id, branchName=name)
    return {"appId": app_id, "branchName": name}


def start(branch, region="us-east-1"):
    return service("amplify", region).start_deployment(**branch, sourceUrl="https://example.com/site.zip")
