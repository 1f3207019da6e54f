package steps

import (
	"strings"
	"time"
)

// Reference is what a validator should do.
func Reference() *Steps {
	return &Steps{
		Order: []Stage{
			ParseToken,
			ReadKid,
			FindKey,
			VerifySignature,
			CheckIss,
			CheckAud,
			CheckTimes,
			CheckBinding,
		},
		Screen: []Stage{ScreenIssuer, ScreenAudience, ScreenExpiry},
		Reading: Reading{
			MaxToken:  256 << 10,
			MaxHeader: 32 << 10,
			Split:     splitCompact,
			Alphabet:  strictAlphabet,
			Decode:    decodeStrict,
			Object:    readObject,
		},
		Heading: Heading{
			Kid:       readKeyID,
			Critical:  refuseCritical,
			Unencoded: refuseUnencoded,
			Content:   refuseNested,
			Type:      requireType,
			Pin:       pinAlgorithm,
		},
		Choosing: Choosing{
			Issuer:    trustedIssuer,
			Select:    selectKeys,
			Secret:    pinsHMAC,
			Fits:      fitsAlgorithm,
			MaxTrials: 8,
		},
		Vetting: Vetting{
			Purpose:   requireVerification,
			Algorithm: readKeyAlgorithm,
			Private:   refusePrivate,
			Symmetric: refuseSymmetric,
			RSA:       readRSA,
			EC:        readEC,
			OKP:       readOKP,
		},
		Verifying: Verifying{
			Input: signedInput,
			PKCS1: verifyPKCS1,
			PSS:   verifyPSS,
			ECDSA: verifyECDSA,
			EdDSA: verifyEdDSA,
			HMAC:  verifyHMAC,
		},
		Claiming: Claiming{
			Issuer:      sameText,
			Audience:    amongAudiences,
			Extra:       extraAudience,
			Party:       authorizedParty,
			Moment:      Value.Time,
			Reversed:    reversed,
			Expired:     expired,
			Early:       early,
			Nonce:       sameNonce,
			Unsolicited: refuseUnsolicited,
			Subject:     plainSubject,
			Events:      refuseEvents,
			Hash:        hashOf,
			LoginAge:    loginAge,
			Context:     contextAmong,
			Required:    requiredClaims,
		},
		Fetching: Fetching{
			WellKnown:  wellKnown,
			Address:    readAddress,
			URL:        requireHTTPS,
			Reach:      notInward,
			Transport:  asLent,
			Again:      broken,
			Redirect:   sameHostOnly,
			Status:     requireOK,
			MaxBody:    1 << 20,
			Body:       readBody,
			Issuer:     sameIssuer,
			Advertised: onlyPinned,
			Document:   readDocument,
			MaxKeys:    256,
			Odd:        passOver,
			Usable:     requireKeys,
		},
		Keeping: Keeping{
			Shelf:      ownShelf,
			Lifetime:   lifetime,
			Settled:    unlessStale,
			Ahead:      aheadOf,
			Bound:      boundOf,
			Patience:   500 * time.Millisecond,
			Refresh:    refreshAlways,
			Permit:     permit,
			RetryAfter: retryAfter,
			Share:      true,
			Timeout:    asConfigured,
			Context:    detached,
			Replace:    takeFresh,
			Failed:     keepOld,
		},
	}
}

// wellKnown takes a slash off the end of the issuer first (OpenID Connect
// Discovery, 4.1).
func wellKnown(issuer string) string {
	return strings.TrimSuffix(issuer, "/") + "/.well-known/openid-configuration"
}

// ownShelf keeps the keys of each issuer apart.
func ownShelf(issuer string) string { return issuer }
