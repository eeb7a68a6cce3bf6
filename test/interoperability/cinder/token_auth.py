"""A paste filter that authenticates as AUTH_STRATEGY=noauth does: the token is user:project[:roles]."""

from cinder import context
from cinder.api.openstack import wsgi
from oslo_middleware import request_id
import webob.dec
import webob.exc

DEFAULT_ROLES = "member,reader"


class TokenAuth:
    """Puts the caller of a token into the request."""

    def __init__(self, application):
        self.application = application

    @classmethod
    def factory(cls, _global_config, **_config):
        return cls

    @webob.dec.wsgify(RequestClass=wsgi.Request)
    def __call__(self, request):
        token = request.headers.get("X-Auth-Token", "")
        user, _, rest = token.partition(":")
        project, _, roles = rest.partition(":")
        if not user or not project:
            return webob.exc.HTTPUnauthorized()
        names = (roles or DEFAULT_ROLES).split(",")
        request.environ["cinder.context"] = context.RequestContext(
            user,
            project,
            roles=names,
            is_admin="admin" in names,
            auth_token=token,
            request_id=request.environ.get(request_id.ENV_REQUEST_ID),
        )
        return self.application
