module github.com/rogueidp/rogueidp/validator/thirdparty/driver-go

go 1.26.0
