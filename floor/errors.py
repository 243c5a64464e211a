"""What the shop floor refuses."""

from core.errors import DomainError


class NotEnrolled(DomainError):
    """No device that we know asks."""

    code = "not_enrolled"
    status = 401


class DeviceRevoked(DomainError):
    """The device's enrollment was taken back; what it still brings is kept for a supervisor."""

    code = "device_revoked"
    status = 403


class UnknownOperator(DomainError):
    """No operator of the device's site has this badge, PIN or proof."""

    code = "unknown_operator"
    status = 403


class TooManyTries(DomainError):
    """Too many wrong PINs or codes; time alone helps."""

    code = "too_many_tries"
    status = 429


class SequenceGap(DomainError):
    """Commands before this one have not come in yet; it waits on the device."""

    code = "sequence_gap"


class SequenceUsed(DomainError):
    """Another command of the device came in under this number; it counts on from `last_sequence`."""

    code = "sequence_used"


class EarlierConflict(DomainError):
    """What this one builds on waits for a supervisor."""

    code = "after_conflict"


class UndoneMeanwhile(DomainError):
    """Something else was reported at the task since what should be undone."""

    code = "not_the_last"
