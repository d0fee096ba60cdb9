"""What the OpenAPI document cannot say about its requests, told to the tester."""

import json

import schemathesis
from schemathesis.specs.openapi.checks import positive_data_acceptance

# A cursor is opaque: one of another list, or an invented one, has the right form and is still refused. Which filters go
# together, whether a day exists, and which partitions there are, is beyond the schema of a single parameter, too.
BEYOND_PARAMETERS = {"malformed_cursor", "filters_unsupported", "malformed_time", "partition_unknown"}
# The same of an event: what depends on another field, on the calendar or on the clock.
BEYOND_EVENTS = {
    "dataschema_unsupported",
    "quantity_out_of_range",
    "subject_contradicts",
    "time_invalid",
    "timestamp_invalid",
    "timestamp_in_future",
    "timestamp_out_of_range",
}
# Whether a text is a file of opening stock is beyond a schema, too.
BEYOND_FILES = {"malformed_file", "file_rejected"}
# Whether a message may leave quarantine depends on what it says, and on what is booked.
BEYOND_REDRIVES = {"still_rejected", "accept_unsupported", "departure_counts_once"}


@schemathesis.serializer("text/csv", "application/x-ndjson")
def file_serializer(ctx, value):
    """A file is a text."""
    return value.encode() if isinstance(value, str) else json.dumps(value).encode()


@schemathesis.check
def described_data_acceptance(ctx, response, case):
    """The tester's own check, but for what is said above: everything else that fits the description is accepted."""
    problem = problem_of(response)
    if problem.get("code") in BEYOND_PARAMETERS | BEYOND_REDRIVES | BEYOND_FILES:
        return None
    reasons = {rejection["code"] for rejection in problem.get("rejections", [])}
    # In binary mode the body is only the data; the other half is in headers, which no body schema asks for.
    binary = {"field_missing"} if case.media_type == "application/json" else set()
    if reasons and reasons <= BEYOND_EVENTS | binary:
        return None
    return positive_data_acceptance(ctx, response, case)


def problem_of(response):
    if "problem+json" not in "".join(response.headers.get("content-type", [])):
        return {}
    return json.loads(response.content)
