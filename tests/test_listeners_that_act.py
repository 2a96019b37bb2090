"""Listeners that call Amplify themselves."""

from __future__ import annotations

import pytest

from support.clients import client_of
from support.jobs import GITHUB, new_branch, release


def test_what_a_listener_brings_about_is_told_after_what_it_is_told(amplify_mock):
    client = client_of()
    main = new_branch(client, app=GITHUB)
    told = []

    @amplify_mock.on_event
    def start_another(event):
        if event["detail"]["jobStatus"] == "SUCCEED" and event["detail"]["jobId"] == "1":
            release(client, main)

    amplify_mock.on_event(told.append)
    release(client, main)
    amplify_mock.clock.advance(hours=1)
    assert [(each["detail"]["jobId"], each["detail"]["jobStatus"]) for each in told] == [
        ("1", "STARTED"),
        ("1", "SUCCEED"),
        ("2", "STARTED"),
    ]


def test_a_coroutine_function_cannot_listen(amplify_mock):
    async def listen(event): ...

    with pytest.raises(TypeError, match="listen is a coroutine function, which nobody would await"):
        amplify_mock.on_event(listen)
