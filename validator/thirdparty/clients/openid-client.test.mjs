// openid-client signs users in at the honest provider. node_test.go starts the
// provider and says where it is; without it there is nobody to ask.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import * as client from 'openid-client'

const { ROGUEIDP_ISSUER: issuer, ROGUEIDP_CLIENT: id, ROGUEIDP_SECRET: secret, ROGUEIDP_KEY: jwk } = process.env
const skip = issuer ? false : 'no provider: go test starts one'
const callback = 'http://127.0.0.1:9/callback'
const server = issuer && new URL(issuer)

// browse sends a browser to the provider and returns where that leads it: a URL,
// or the request that the page of form_post makes.
const browse = async (url) => {
  const resp = await fetch(url, { redirect: 'manual' })
  const page = await resp.text()
  if (resp.status === 200) {
    const form = new URLSearchParams([...page.matchAll(/name="([^"]*)" value="([^"]*)"/g)].map(([, name, value]) => [name, value]))
    return new Request(callback, { method: 'POST', body: form })
  }
  assert.equal(resp.status, 303, page)
  return new URL(resp.headers.get('location'))
}

// signIn goes through the code flow with PKCE.
const signIn = async (config, more = {}) => {
  const pkceCodeVerifier = client.randomPKCECodeVerifier()
  const expectedNonce = client.randomNonce()
  const expectedState = client.randomState()
  const url = client.buildAuthorizationUrl(config, {
    redirect_uri: callback, scope: 'openid email', nonce: expectedNonce, state: expectedState, max_age: '100',
    code_challenge: await client.calculatePKCECodeChallenge(pkceCodeVerifier), code_challenge_method: 'S256', ...more,
  })
  return client.authorizationCodeGrant(config, await browse(url), { pkceCodeVerifier, expectedNonce, expectedState, maxAge: 100, idTokenExpected: true })
}

test('code with PKCE, UserInfo, refresh, introspection, end of session', { skip }, async () => {
  const config = await client.discovery(server, id, secret)
  const tokens = await signIn(config)
  const { sub } = tokens.claims()
  assert.equal(sub, 'alice')
  assert.equal((await client.fetchUserInfo(config, tokens.access_token, sub)).email, 'alice@example.test')
  const renewed = await client.refreshTokenGrant(config, tokens.refresh_token)
  assert.equal(renewed.claims().nonce, undefined)
  assert.equal((await client.tokenIntrospection(config, renewed.access_token)).active, true)
  await assert.rejects(client.refreshTokenGrant(config, tokens.refresh_token), { error: 'invalid_grant' })
  assert.equal((await client.tokenIntrospection(config, renewed.access_token)).active, false)
  const bye = await browse(client.buildEndSessionUrl(config, { post_logout_redirect_uri: callback, id_token_hint: renewed.id_token, state: 's' }))
  assert.equal(bye.href, callback + '?state=s')
})

test('form_post', { skip }, async () => {
  const config = await client.discovery(server, id, secret, client.ClientSecretBasic(secret))
  assert.equal((await signIn(config, { response_mode: 'form_post' })).claims().sub, 'alice')
})

test('private_key_jwt', { skip }, async () => {
  const raw = JSON.parse(jwk)
  const key = await crypto.subtle.importKey('jwk', raw, { name: 'ECDSA', namedCurve: 'P-256' }, false, ['sign'])
  const config = await client.discovery(server, id, undefined, client.PrivateKeyJwt({ key, kid: raw.kid }))
  assert.equal((await signIn(config)).claims().sub, 'alice')
  assert.equal((await client.clientCredentialsGrant(config, { scope: 'api' })).token_type, 'bearer')
})

test('implicit', { skip }, async () => {
  const config = await client.discovery(server, id, secret)
  client.useIdTokenResponseType(config)
  const nonce = client.randomNonce()
  const expectedState = client.randomState()
  const url = client.buildAuthorizationUrl(config, { redirect_uri: callback, scope: 'openid', nonce, state: expectedState })
  assert.equal((await client.implicitAuthentication(config, await browse(url), nonce, { expectedState })).sub, 'alice')
})

test('hybrid', { skip }, async () => {
  const config = await client.discovery(server, id, secret)
  client.useCodeIdTokenResponseType(config)
  assert.equal((await signIn(config)).claims().sub, 'alice')
})

test('dynamic registration, with signed UserInfo', { skip }, async () => {
  const config = await client.dynamicClientRegistration(server, {
    redirect_uris: [callback], userinfo_signed_response_alg: 'RS256', token_endpoint_auth_method: 'client_secret_post',
  }, client.ClientSecretPost())
  const tokens = await signIn(config)
  assert.equal((await client.fetchUserInfo(config, tokens.access_token, 'alice')).sub, 'alice')
})

test('a public client', { skip }, async () => {
  const config = await client.dynamicClientRegistration(server, { redirect_uris: [callback], token_endpoint_auth_method: 'none' }, client.None())
  assert.equal((await signIn(config)).claims().sub, 'alice')
})
