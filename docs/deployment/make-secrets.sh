#!/bin/sh
# Makes ./secrets for compose.yaml: what the servers show each other, the password of Redis, and one user.
#   ./make-secrets.sh <user name>     (asks for the password)
# The certificate is not made here: put certificate.pem (with those that signed it) and certificate.key beside them.
set -eu
name=${1:?usage: make-secrets.sh <user name>}
mcp=https://mcp.example.com/mcp

umask 077
# Never over secrets that are in use.
mkdir secrets

random() { openssl rand -hex 32; }
redis=$(random)
introspection=$(random)

cat >secrets/as.env <<END
MCP_OAUTH_DEMO_STORE=redis://mcp-oauth-demo:$redis@redis:6379/0
MCP_OAUTH_DEMO_RS_CREDENTIALS=$mcp:$introspection
MCP_OAUTH_DEMO_STORE_KEY=$(random)
END
cat >secrets/rs.env <<END
MCP_OAUTH_DEMO_INTROSPECTION_CREDENTIALS=$mcp:$introspection
END

# Redis keeps the hash only; the authorization servers may do what a store needs, and nothing that is for administrators.
cat >secrets/redis.acl <<END
user default off
user mcp-oauth-demo on #$(printf %s "$redis" | openssl dgst -sha256 -r | cut -d' ' -f1) ~mcp-oauth-demo:* ~{mcp-oauth-demo:* -@all +@read +@write +@connection +@scripting -@dangerous +info
END

if [ -t 0 ]; then
  stty -echo
  printf 'Password of %s: ' "$name" >&2
fi
IFS= read -r password
if [ -t 0 ]; then
  stty echo
  echo >&2
fi
# The password is handed on by the environment: arguments can be read by others.
NAME=$name PASSWORD=$password node -e '
  const { randomBytes, scryptSync } = require("node:crypto");
  const [N, r, p, salt] = [16384, 8, 5, randomBytes(16).toString("base64url")];
  const hash = scryptSync(process.env.PASSWORD, salt, 32, { N, r, p }).toString("base64url");
  const password_hash = ["scrypt", N, r, p, salt, hash].join(":");
  console.log(JSON.stringify([{ username: process.env.NAME, password_hash }], undefined, 2));
' >secrets/users.json

# Files of secrets are mounted with the rights that they have here, for users other than yours: node (1000), redis (999) and
# nginx (101). Nobody else comes to them, as the folder is yours alone.
chmod 0444 secrets/users.json secrets/redis.acl
echo 'made secrets/: as.env, rs.env, redis.acl, users.json' >&2
