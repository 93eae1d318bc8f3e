//! The event table: what each event is called, what its parameters are and what their values mean.
//!
//! The table is data (`data/events.txt`, `data/syscalls.txt`), read once, when it is first asked.

use std::sync::LazyLock;

use crate::Kind;

pub mod kind;
mod param;
mod parse;

pub use param::{Format, ParamDef, ParamType};

const EVENTS: &str = include_str!("../data/events.txt");
const SYSCALLS: &str = include_str!("../data/syscalls.txt");

static TABLE: LazyLock<Vec<EventDef>> = LazyLock::new(|| parse::events(EVENTS));
static NAMES: LazyLock<Vec<&'static str>> =
    LazyLock::new(|| SYSCALLS.split_ascii_whitespace().collect());

/// One event of the table.
#[derive(Debug, Clone)]
pub struct EventDef {
    /// Its number.
    pub kind: Kind,
    /// Name of its constant in [`kind`]: `OPENAT_2_X`.
    pub code: &'static str,
    /// Name of the call, as `evt.type` gives it: `openat`; `NA` when there is no such event.
    pub name: &'static str,
    /// What it is about.
    pub category: Category,
    /// What it does.
    pub flags: EventFlags,
    /// Its parameters, in order.
    pub params: Box<[ParamDef]>,
}

impl EventDef {
    /// Whether it tells the end of a call (`<`), not its start (`>`).
    #[must_use]
    pub const fn is_exit(&self) -> bool {
        self.kind.0 % 2 == 1
    }

    /// A parameter by its name, with its index.
    #[must_use]
    pub fn param(&self, name: &str) -> Option<(usize, &ParamDef)> {
        self.params.iter().enumerate().find(|(_, param)| param.name == name)
    }

    /// Whether rules and filters see it: it is not an old form of another event, and not the start
    /// of a call, whose end says the same and more.
    #[must_use]
    pub fn is_delivered(&self) -> bool {
        let starts_call = !self.is_exit() && self.category.has(Category::SYSCALL);
        !starts_call
            && !self.flags.has(EventFlags::OLD_VERSION)
            && !self.flags.has(EventFlags::UNUSED)
    }
}

/// What an event is about, and where it comes from: `ppm_event_category` of libs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Category(pub u16);

#[allow(missing_docs, reason = "the names are the documentation")]
impl Category {
    pub const UNKNOWN: Self = Self(0);
    pub const OTHER: Self = Self(1);
    pub const FILE: Self = Self(2);
    pub const NET: Self = Self(3);
    pub const IPC: Self = Self(4);
    pub const MEMORY: Self = Self(5);
    pub const PROCESS: Self = Self(6);
    pub const SLEEP: Self = Self(7);
    pub const SYSTEM: Self = Self(8);
    pub const SIGNAL: Self = Self(9);
    pub const USER: Self = Self(10);
    pub const TIME: Self = Self(11);
    pub const IO_READ: Self = Self(32);
    pub const IO_WRITE: Self = Self(33);
    pub const IO_OTHER: Self = Self(34);
    pub const WAIT: Self = Self(1 << 6);
    pub const SCHEDULER: Self = Self(1 << 7);
    pub const INTERNAL: Self = Self(1 << 8);
    pub const SYSCALL: Self = Self(1 << 9);
    pub const TRACEPOINT: Self = Self(1 << 10);
    pub const PLUGIN: Self = Self(1 << 11);
    pub const META: Self = Self(1 << 12);

    /// The category without the bits that say where the event comes from.
    #[must_use]
    pub const fn class(self) -> Self {
        Self(self.0 & 0xff)
    }

    /// Whether a bit is set, one of [`Category::WAIT`] to [`Category::META`].
    #[must_use]
    pub const fn has(self, bit: Self) -> bool {
        self.0 & bit.0 != 0
    }
}

/// What an event does: bits of `ppm_event_flags` of libs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct EventFlags(pub u16);

#[allow(missing_docs, reason = "the names are the documentation")]
impl EventFlags {
    pub const CREATES_FD: Self = Self(1 << 0);
    pub const DESTROYS_FD: Self = Self(1 << 1);
    pub const USES_FD: Self = Self(1 << 2);
    pub const READS_FROM_FD: Self = Self(1 << 3);
    pub const WRITES_TO_FD: Self = Self(1 << 4);
    pub const MODIFIES_STATE: Self = Self(1 << 5);
    pub const UNUSED: Self = Self(1 << 6);
    pub const WAITS: Self = Self(1 << 7);
    pub const SKIPPARSERESET: Self = Self(1 << 8);
    pub const OLD_VERSION: Self = Self(1 << 9);
    pub const LARGE_PAYLOAD: Self = Self(1 << 11);
    pub const CONVERTER_MANAGED: Self = Self(1 << 12);

    const NAMES: &[(&str, Self)] = &[
        ("creates_fd", Self::CREATES_FD),
        ("destroys_fd", Self::DESTROYS_FD),
        ("uses_fd", Self::USES_FD),
        ("reads_from_fd", Self::READS_FROM_FD),
        ("writes_to_fd", Self::WRITES_TO_FD),
        ("modifies_state", Self::MODIFIES_STATE),
        ("unused", Self::UNUSED),
        ("waits", Self::WAITS),
        ("skipparsereset", Self::SKIPPARSERESET),
        ("old_version", Self::OLD_VERSION),
        ("large_payload", Self::LARGE_PAYLOAD),
        ("converter_managed", Self::CONVERTER_MANAGED),
    ];

    /// Whether all the bits of the other are set.
    #[must_use]
    pub const fn has(self, bits: Self) -> bool {
        self.0 & bits.0 == bits.0
    }
}

/// The definition of an event; `None` for numbers beyond the table.
#[must_use]
pub fn event(kind: Kind) -> Option<&'static EventDef> {
    TABLE.get(usize::from(kind.0))
}

/// Every event; its index is its number.
#[must_use]
pub fn events() -> &'static [EventDef] {
    &TABLE
}

/// Name of a system call by the number that libs gives it on every architecture (`ppm_sc_code`), for
/// the events that carry only that: `syscall`.
#[must_use]
pub fn syscall(id: u16) -> Option<&'static str> {
    NAMES.get(usize::from(id)).copied().filter(|name| *name != "-")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_line_of_the_data_is_an_event_at_its_number() {
        let lines = EVENTS.lines().filter(|line| line.starts_with(|c: char| c.is_ascii_digit()));
        assert_eq!(events().len(), lines.count());
        assert_eq!(events().len(), 454);
        for (index, event) in events().iter().enumerate() {
            assert_eq!(usize::from(event.kind.0), index);
            assert!(
                event.code.ends_with(if event.is_exit() { "_X" } else { "_E" }),
                "{}",
                event.code
            );
        }
    }

    #[test]
    fn constants_are_those_of_the_table() {
        for (name, kind) in kind::ALL {
            assert_eq!(event(*kind).unwrap().code, *name);
        }
        let constants = kind::ALL.len();
        let delivered = events().iter().filter(|event| event.is_delivered()).count();
        assert!(delivered <= constants, "{delivered} of {constants}");
    }

    #[test]
    fn parameters_are_found_by_name_with_what_their_values_mean() {
        let openat = event(kind::OPENAT_2_X).unwrap();
        assert_eq!((openat.name, openat.params.len()), ("openat", 7));
        let (index, name) = openat.param("name").unwrap();
        assert_eq!((index, name.kind, name.dirfd), (2, ParamType::Fsrelpath, Some(1)));
        let (_, flags) = openat.param("flags").unwrap();
        assert_eq!((flags.kind, flags.format), (ParamType::Flags32, Format::Hex));
        assert!(flags.values.contains(&("O_CLOEXEC", 4096)));
        assert!(
            openat.flags.has(EventFlags::CREATES_FD) && openat.category.class() == Category::FILE
        );
        assert_eq!(event(kind::EXECVE_19_X).unwrap().params.len(), 31);
        assert!(event(Kind(454)).is_none());
    }

    #[test]
    fn flags_have_values_and_nothing_points_beyond_its_event() {
        for event in events() {
            for param in &event.params {
                let named = matches!(
                    param.kind,
                    ParamType::Flags8
                        | ParamType::Flags16
                        | ParamType::Flags32
                        | ParamType::Enumflags8
                        | ParamType::Enumflags16
                        | ParamType::Enumflags32
                );
                assert!(!named || !param.values.is_empty(), "{} {}", event.code, param.name);
                let dirfd = param.dirfd.and_then(|index| event.params.get(index));
                assert!(param.dirfd.is_none() || dirfd.is_some(), "{} {}", event.code, param.name);
            }
        }
    }

    #[test]
    fn calls_are_named() {
        assert_eq!(syscall(3), Some("read"));
        assert_eq!(syscall(394), Some("recv"));
        assert_eq!(syscall(442), Some("mseal"));
        assert_eq!(syscall(382), None);
        assert_eq!(syscall(u16::MAX), None);
    }

    #[test]
    fn starts_of_calls_and_old_forms_are_not_delivered() {
        for (code, delivered) in
            [("OPEN_E", false), ("OPENAT_X", false), ("PROCEXIT_1_E", true), ("CLOSE_X", true)]
        {
            let event = events().iter().find(|event| event.code == code).unwrap();
            assert_eq!(event.is_delivered(), delivered, "{code}");
        }
    }
}
