"""Documents as the AWS CLI prints them, of one app with a branch."""

from __future__ import annotations

APP = {"appId": "dloaded"}
BRANCH = {"appId": "dloaded", "branchName": "main"}
ARN = "arn:aws:amplify:eu-west-2:111122223333:apps/dloaded"


def app_document(**members):
    return {"app": {"appArn": ARN, "name": "shop", **members}}


def branch_document(**members):
    return {"branch": {"branchArn": f"{ARN}/branches/main", "branchName": "main", **members}}


def job_document(status="SUCCEED", number=7, **members):
    return {"jobArn": f"{ARN}/branches/main/jobs/{number:010}", "jobId": str(number), "status": status, **members}


def loaded(amplify, *documents):
    """Load an app with a branch, and then the documents."""
    return [amplify.load(each) for each in (app_document(), branch_document(), *documents)][-1]


def domain_document(status="AVAILABLE", **members):
    arn = f"{ARN}/domains/example.com"
    return {
        "domainAssociation": {
            "domainAssociationArn": arn,
            "domainName": "example.com",
            "domainStatus": status,
            **members,
        }
    }
