"""Names a device by its `User-Agent`: "Firefox on Linux". Slow at its first use."""


def name_of(user_agent: str | None) -> str | None:
    """None if nothing is known about it. A name comes from a list, never from the client."""
    if not user_agent:
        return None
    import ua_parser  # it loads a thousand patterns, and only the postman needs them

    found = ua_parser.parse(user_agent)
    browser = found.user_agent.family if found.user_agent else None
    system = found.os.family if found.os else None
    if browser and system:
        return f"{browser} on {system}"
    return browser or system
