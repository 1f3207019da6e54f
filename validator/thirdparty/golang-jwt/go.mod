module github.com/rogueidp/rogueidp/validator/thirdparty/golang-jwt

go 1.26.0

require (
	github.com/MicahParks/keyfunc/v3 v3.9.1
	github.com/golang-jwt/jwt/v5 v5.3.1
	github.com/rogueidp/rogueidp/validator/thirdparty/driver-go v0.0.0
)

require (
	github.com/MicahParks/jwkset v0.11.4 // indirect
	golang.org/x/time v0.15.0 // indirect
)

replace github.com/rogueidp/rogueidp/validator/thirdparty/driver-go => ../driver-go
