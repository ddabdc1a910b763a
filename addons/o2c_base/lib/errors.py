"""What can go wrong when a platform is called, by what the caller should do about it."""


class O2cError(Exception):
    """A platform call (or what it returned) failed in an expected way.

    :param message: one sentence for the person who has to act on it, free of secrets; in ``lib`` a Text.
    :param temporary: the same call may succeed later without anybody doing anything.
    :param detail: technical text for support (status, answer), free of secrets.
    """

    def __init__(self, message, *, temporary=False, detail=None):
        super().__init__(message)
        self.message = message
        self.temporary = temporary
        self.detail = detail


class AuthenticationError(O2cError):
    """The platform does not accept the keys (401), or they lack a permission (403)."""

    def __init__(self, message, *, status=None, body=None, detail=None):
        super().__init__(message, detail=detail)
        self.status = status
        self.body = body


class RefusedError(O2cError):
    """The platform understood the request and said no (any other 4xx); repeating it is useless.

    ``status`` is the HTTP status, ``body`` the parsed JSON answer (else its text).
    """

    def __init__(self, message, *, status=None, body=None, detail=None):
        super().__init__(message, detail=detail)
        self.status = status
        self.body = body


class RateLimited(O2cError):
    """Too many calls; nothing was done. ``retry_after`` is in seconds, or None when unknown."""

    maybe_done = False

    def __init__(self, message, *, retry_after=None, detail=None):
        super().__init__(message, temporary=True, detail=detail)
        self.retry_after = retry_after


class Unavailable(O2cError):
    """The platform could not be reached or broke down.

    ``maybe_done`` is True when the request may have been carried out although no answer came:
    look before repeating anything that costs money. ``status`` is the HTTP status if there was an
    answer, ``retry_after`` the pause in seconds if the platform asked for one.
    """

    def __init__(self, message, *, maybe_done=False, status=None, retry_after=None, detail=None):
        super().__init__(message, temporary=True, detail=detail)
        self.maybe_done = maybe_done
        self.status = status
        self.retry_after = retry_after


class UnexpectedShape(O2cError):
    """The answer is not what the platform documents (broken JSON, a missing field)."""
