//! Parameters of events.

/// One parameter.
#[derive(Debug, Clone)]
pub struct ParamDef {
    /// Name, as `evt.arg.NAME` takes it.
    pub name: &'static str,
    /// How its bytes are to be read.
    pub kind: ParamType,
    /// How a number is printed.
    pub format: Format,
    /// Names of values or of bits, in the order in which they are tried.
    pub values: &'static [(&'static str, u32)],
    /// The parameter that holds the directory which this path is relative to.
    pub dirfd: Option<usize>,
}

/// How numbers are printed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[allow(missing_docs, reason = "the names are the documentation")]
pub enum Format {
    None,
    Decimal,
    Hex,
    Octal,
}

impl Format {
    pub(super) fn parse(name: &str) -> Option<Self> {
        Some(match name {
            "-" => Self::None,
            "dec" => Self::Decimal,
            "hex" => Self::Hex,
            "oct" => Self::Octal,
            _ => return None,
        })
    }
}

macro_rules! param_types {
    ($($variant:ident $name:literal $size:literal)*) => {
        /// Type of a parameter: how its bytes are to be read.
        ///
        /// # Source
        /// `ppm_param_type` of falcosecurity/libs. Numbers are little-endian; texts and paths end with
        /// NUL; addresses begin with a byte for their family.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
        #[allow(missing_docs, reason = "the names are the documentation")]
        pub enum ParamType {
            $($variant,)*
        }

        impl ParamType {
            /// Its name: `flags32`.
            #[must_use]
            pub const fn name(self) -> &'static str {
                match self {
                    $(Self::$variant => $name,)*
                }
            }

            /// Bytes of a value; 0 when they vary.
            #[must_use]
            pub const fn size(self) -> usize {
                match self {
                    $(Self::$variant => $size,)*
                }
            }

            pub(super) fn parse(name: &str) -> Option<Self> {
                Some(match name {
                    $($name => Self::$variant,)*
                    _ => return None,
                })
            }
        }
    };
}

param_types! {
    Int16 "int16" 2
    Int32 "int32" 4
    Int64 "int64" 8
    Uint8 "uint8" 1
    Uint16 "uint16" 2
    Uint32 "uint32" 4
    Uint64 "uint64" 8
    Charbuf "charbuf" 0
    Bytebuf "bytebuf" 0
    Errno "errno" 8
    Sockaddr "sockaddr" 0
    Socktuple "socktuple" 0
    Fd "fd" 8
    Fd32 "fd32" 4
    Pid "pid" 8
    Pid32 "pid32" 4
    Fdlist "fdlist" 0
    Fspath "fspath" 0
    Fsrelpath "fsrelpath" 0
    Syscallid "syscallid" 2
    Sigtype "sigtype" 1
    Sigset "sigset" 4
    Reltime "reltime" 8
    Abstime "abstime" 8
    Port "port" 2
    Ipv4addr "ipv4addr" 4
    Ipv6addr "ipv6addr" 16
    Dyn "dyn" 0
    Flags8 "flags8" 1
    Flags16 "flags16" 2
    Flags32 "flags32" 4
    Enumflags8 "enumflags8" 1
    Enumflags16 "enumflags16" 2
    Enumflags32 "enumflags32" 4
    Uid "uid" 4
    Gid "gid" 4
    Mode "mode" 4
    Charbufarray "charbufarray" 0
    CharbufPairArray "charbuf_pair_array" 0
}
