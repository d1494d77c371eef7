"""A stand-in for Slack that runs on loopback: Web API, Socket Mode, signed requests and a page to click on."""
