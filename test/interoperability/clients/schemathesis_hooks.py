"""Rules of the API that its OpenAPI document cannot express."""

import schemathesis
from schemathesis.openapi.checks import RejectedPositiveData


@schemathesis.hook
def filter_failure(context, failure, case, response):
    """Ignores the 400 for `sort` together with `sort_key` or `sort_dir`.

    OpenAPI cannot declare parameters as mutually exclusive. Cinder also returns 400.
    """
    return not (
        isinstance(failure, RejectedPositiveData)
        and response.status_code == 400
        and "sort" in case.query
        and ("sort_key" in case.query or "sort_dir" in case.query)
    )
