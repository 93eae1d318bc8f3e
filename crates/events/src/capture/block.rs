//! Kinds of blocks by their numbers.

/// First word of a file that is not compressed: type of the block that begins a section.
pub(super) const SECTION: u32 = 0x0A0D_0D0A;
/// What follows the header of that block.
pub(super) const MAGIC: u32 = 0x1A2B_3C4D;
/// The only major version there is.
pub(super) const MAJOR: u16 = 1;
/// What is written.
pub(super) const MINOR: u16 = 2;

pub(super) const MACHINE: u32 = 0x201;
pub(super) const INTERFACES: u32 = 0x219;
pub(super) const USERS: u32 = 0x220;
pub(super) const THREADS: u32 = 0x215;
pub(super) const FDS: u32 = 0x218;
pub(super) const EVENT: u32 = 0x216;
pub(super) const EVENT_FLAGS: u32 = 0x217;
pub(super) const EVENT_LARGE: u32 = 0x221;
pub(super) const EVENT_FLAGS_LARGE: u32 = 0x222;

/// Bytes of a block beside its body: type and length before it, length after it.
pub(super) const FRAME: usize = 12;

/// What a block holds, and how its parts are laid out.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    Section,
    Machine,
    /// Whether entries begin with their length.
    Interfaces(bool),
    /// Whether entries begin with their length.
    Users(bool),
    /// Version, 1 to 9.
    Threads(u8),
    /// Whether entries begin with their length.
    Fds(bool),
    Event(EventBlock),
}

/// How an event lies in its block.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct EventBlock {
    /// Flags stand before it.
    pub(super) flags: bool,
    /// It says how many parameters it has.
    pub(super) counted: bool,
    /// It may be longer than 64 KiB.
    pub(super) large: bool,
}

const fn event(flags: bool, counted: bool, large: bool) -> Kind {
    Kind::Event(EventBlock { flags, counted, large })
}

/// The kind of a block; `None` for numbers that nobody has written yet. Numbers that end with
/// `ABCD` were used before the format was published.
pub(super) const fn kind(number: u32) -> Option<Kind> {
    Some(match number {
        SECTION => Kind::Section,
        MACHINE | 0x8002_ABCD => Kind::Machine,
        0x205 | 0x8011_ABCD => Kind::Interfaces(false),
        INTERFACES => Kind::Interfaces(true),
        0x206 | 0x8012_ABCD => Kind::Users(false),
        USERS => Kind::Users(true),
        0x202 | 0x8000_ABCD => Kind::Threads(1),
        0x207 | 0x8013_ABCD => Kind::Threads(2),
        0x209 | 0x8014_ABCD => Kind::Threads(3),
        0x210 => Kind::Threads(4),
        0x211 => Kind::Threads(5),
        0x212 => Kind::Threads(6),
        0x213 => Kind::Threads(7),
        0x214 => Kind::Threads(8),
        THREADS => Kind::Threads(9),
        0x203 | 0x8001_ABCD => Kind::Fds(false),
        FDS => Kind::Fds(true),
        0x204 | 0x8010_ABCD => event(false, false, false),
        0x208 => event(true, false, false),
        EVENT => event(false, true, false),
        EVENT_FLAGS => event(true, true, false),
        EVENT_LARGE => event(false, true, true),
        EVENT_FLAGS_LARGE => event(true, true, true),
        _ => return None,
    })
}
