package fault

import (
	"reflect"
	"sort"
)

// registered holds one value of every fault; a new fault is a type, a method
// and a line here.
var registered = []Fault{
	SetClaim{}, DropClaim{}, RepeatClaim{}, SetClaimName{}, RetypeClaim{}, RespellClaim{},
	SetTime{}, SetClaimDepth{}, SetClaimsSize{}, SetClaimDigits{}, SetAudienceCount{}, ReplaceClaims{}, RewriteClaims{},
	RespellHash{}, SetClaimLength{}, SetClaimCount{},

	SetHeader{}, DropHeader{}, RepeatHeader{}, SetHeaderName{}, SetCritical{},
	SetHeaderKey{}, SetKeyAsKID{}, SetHeaderChain{}, SetHeaderDepth{}, SetHeaderSize{}, ReplaceHeader{}, RewriteHeader{},

	SignWith{}, SignAs{}, SignWithKey{}, SignWithSecret{}, SignWithPadding{}, SignWithCubeRoot{}, SignWithScalars{},
	SetScalarLength{}, AddGroupOrder{}, SpellSignatureInHex{}, SignWithInteger{}, SignDecoded{},
	SignUnencoded{}, RepeatSignature{}, RetypeSignature{}, SetSignatureBits{},
	TruncateSignature{}, SetSignatureMargin{}, SetSegmentText{}, RespellSegment{},

	TruncateSegments{}, SetPrefix{}, SetSuffix{}, SetText{}, SetSerialization{},
	SetClaimAfterSigning{}, SetHeaderAfterSigning{}, DropPayload{}, EmptyHeader{}, RespellSignedSegment{},

	SetEncryption{}, EncryptWith{}, DropEncryption{}, SetEncryptedContent{}, SetEncryptedHeader{}, SetEphemeralPoint{},
	SetKeyPadding{}, SetInflatedSize{}, SetEncryptionDepth{}, TruncateEncryptedPart{}, DropEncryptedPart{},

	SetMetadata{}, DropMetadata{}, RepeatMetadata{}, RespellMetadata{}, MoveKeySet{}, SetMetadataDepth{},

	SetKeyMember{}, DropKeyMember{}, RepeatKeyMember{}, SetKeyMemberName{}, RespellKeyMember{}, SetKeyText{},
	RetypeKey{}, SetKeyPoint{}, PublishKey{}, PublishPrivate{}, PublishJWK{}, PublishMany{},
	SetKeySetShape{}, SetKeySetDepth{}, SetKeySetNames{}, DropKey{},

	AnswerStatus{}, SetReplyStatus{}, AnswerBody{}, RedirectTo{}, RedirectTimes{}, RedirectInCircle{},
	SetReplyHeader{}, DropReplyHeader{}, TagReply{},
	SetReplySize{}, SetCompressedSize{}, AnswerEndlessly{}, SetReplySuffix{}, SetReplyEncoding{},
	StallReply{}, StallOctets{}, TruncateReply{}, ResetReply{},

	RefuseConnection{}, ResetConnection{}, StallConnection{}, SetCertificate{}, SetTLSVersion{}, BreakHTTP2{},

	SetAnswer{}, SetAnswerLength{}, DropAnswer{}, RepeatAnswer{}, RespellAnswer{}, SetAnswerName{}, AnswerError{}, AnswerIn{},

	First{}, After{}, Every{}, Sometimes{}, Only{},
}

var byName = func() map[string]reflect.Type {
	m := make(map[string]reflect.Type, len(registered))
	for _, f := range registered {
		if _, twice := m[f.Fault()]; twice {
			panic("fault: two faults are called " + f.Fault())
		}
		m[f.Fault()] = reflect.TypeOf(f)
	}
	return m
}()

// Names of all faults, sorted.
func AllNames() []string {
	names := make([]string, 0, len(byName))
	for n := range byName {
		names = append(names, n)
	}
	sort.Strings(names)
	return names
}

// closedLists are the words that the tag `words` of a field refers to.
var closedLists = map[string]func() []string{
	"keys": Keys, "secrets": Secrets, "paddings": Paddings, "scalars": Scalars,
	"shapes": Shapes, "points": Points, "endpoints": Endpoints, "flow-endpoints": FlowEndpoints, "token-kinds": TokenKinds, "response-modes": ResponseModes, "forms": Forms,
	"respellings": Respellings, "retypings": Retypings, "times": TimeForms,
	"nestings": Nestings, "keeps": Keeps, "segments": Segments, "places": Places,
	"encodings": SignatureEncodings, "key-types": KeyTypes,
	"number-spellings": NumberSpellings, "json-spellings": JSONSpellings, "segment-spellings": SegmentSpellings, "text-encodings": TextEncodings,
	"fillings": Fillings, "framings": Framings, "reply-parts": ReplyParts,
	"hash-forms": HashForms, "integers": Integers,
	"certificates": Certificates, "tls-versions": TLSVersions, "http2-breaks": HTTP2Breaks,
	"key-encryptions": KeyEncryptions, "content-encryptions": ContentEncryptions,
	"recipients": Recipients, "encrypted-contents": EncryptedContents, "ephemeral-points": EphemeralPoints, "encrypted-parts": EncryptedParts,
}
