module m

go 1.22

toolchain go1.22.1
require (
	a/b v1.0.0 // indirect
	gopkg.in/c.v2 v2.0.0+incompatible
)
replace a/b => d/e v1.1.0
exclude x/y v1
retract [v1.0.0, v1.1.0]
