//! Users and groups, of the host and of containers.

use std::{collections::BTreeMap, sync::Arc};

use super::Text;

/// Most users, and most groups, of the host and all containers.
const LIMIT: usize = 65_536;

/// A user.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct User {
    /// Main group.
    pub gid: u32,
    /// Login name.
    pub name: Box<[u8]>,
    /// Home directory.
    pub home: Box<[u8]>,
    /// Login shell.
    pub shell: Box<[u8]>,
}

/// Users and groups by container id (empty: the host) and number.
#[derive(Debug)]
pub(crate) struct Users {
    users: BTreeMap<Text, BTreeMap<u32, User>>,
    groups: BTreeMap<Text, BTreeMap<u32, Box<[u8]>>>,
    counts: [usize; 2],
    root: User,
}

impl Default for Users {
    fn default() -> Self {
        let [name, home, shell] = [&b"root"[..], b"/root", b"<NA>"].map(Box::from);
        let root = User { gid: 0, name, home, shell };
        Self { users: BTreeMap::new(), groups: BTreeMap::new(), counts: [0; 2], root }
    }
}

fn insert<T>(
    all: &mut BTreeMap<Text, BTreeMap<u32, T>>,
    count: &mut usize,
    (container, id): (&[u8], u32),
    value: T,
) -> bool {
    if *count >= LIMIT {
        return false;
    }
    if !all.contains_key(container) {
        all.insert(Arc::from(container), BTreeMap::new());
    }
    let replaced = all.get_mut(container).and_then(|some| some.insert(id, value));
    *count += usize::from(replaced.is_none());
    true
}

fn remove<T>(
    all: &mut BTreeMap<Text, BTreeMap<u32, T>>,
    count: &mut usize,
    (container, id): (&[u8], u32),
) {
    if let Some(some) = all.get_mut(container) {
        *count -= usize::from(some.remove(&id).is_some());
        if some.is_empty() {
            all.remove(container);
        }
    }
}

impl Users {
    /// Without an entry, user 0 is still called `root`.
    pub(crate) fn user(&self, container: &[u8], uid: u32) -> Option<&User> {
        let found = self.users.get(container).and_then(|users| users.get(&uid));
        found.or_else(|| (uid == 0).then_some(&self.root))
    }

    /// Without an entry, group 0 is still called `root`.
    pub(crate) fn group(&self, container: &[u8], gid: u32) -> Option<&[u8]> {
        let found = self.groups.get(container).and_then(|groups| groups.get(&gid));
        found.map(|name| &**name).or_else(|| (gid == 0).then_some(&*self.root.name))
    }

    /// Adds or replaces a user. `false` when there is no room.
    pub(crate) fn add_user(&mut self, container: &[u8], uid: u32, user: User) -> bool {
        insert(&mut self.users, &mut self.counts[0], (container, uid), user)
    }

    /// Adds or replaces a group. `false` when there is no room.
    pub(crate) fn add_group(&mut self, container: &[u8], gid: u32, name: Box<[u8]>) -> bool {
        insert(&mut self.groups, &mut self.counts[1], (container, gid), name)
    }

    pub(crate) fn remove_user(&mut self, container: &[u8], uid: u32) {
        remove(&mut self.users, &mut self.counts[0], (container, uid));
    }

    pub(crate) fn remove_group(&mut self, container: &[u8], gid: u32) {
        remove(&mut self.groups, &mut self.counts[1], (container, gid));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn users_are_those_of_their_container_and_root_is_always_there() {
        let mut users = Users::default();
        let name = |users: &Users, container: &[u8], uid| {
            users.user(container, uid).map(|user| String::from_utf8_lossy(&user.name).into_owned())
        };
        assert_eq!(name(&users, b"", 0).as_deref(), Some("root"));
        assert_eq!(name(&users, b"", 1000), None);
        let foo = User { name: b"foo"[..].into(), ..User::default() };
        assert!(users.add_user(b"", 1000, foo));
        assert_eq!(name(&users, b"", 1000).as_deref(), Some("foo"));
        assert_eq!(name(&users, b"0123456789ab", 1000), None);
        assert!(users.add_user(b"", 0, User::default()));
        assert_eq!(name(&users, b"", 0).as_deref(), Some(""), "an entry without a name is one");
        users.remove_user(b"", 0);
        assert_eq!(name(&users, b"", 0).as_deref(), Some("root"));
        assert!(users.add_group(b"c", 5, b"staff"[..].into()));
        assert_eq!((users.group(b"c", 5), users.group(b"", 5)), (Some(&b"staff"[..]), None));
        users.remove_group(b"c", 5);
        assert_eq!((users.group(b"c", 5), users.counts), (None, [1, 0]));
    }
}
