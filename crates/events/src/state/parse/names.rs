//! Users and groups that come and go; events that are about no thread.

use crate::{
    Event,
    state::{State, User},
    table::kind,
};

pub(super) fn event(state: &mut State, event: &Event<'_>) {
    let params = &event.params;
    let text = |index| params.text(index).unwrap_or_default();
    let container = |index| match text(index) {
        b"host" => &b""[..],
        id => id,
    };
    let Some(id) = params.u32(0) else { return };
    match event.kind {
        kind::USER_ADDED_E => {
            let [name, home, shell] = [2, 3, 4].map(|index| text(index).into());
            let user = User { gid: params.u32(1).unwrap_or(u32::MAX), name, home, shell };
            state.add_user(container(5), id, user);
        }
        kind::USER_DELETED_E => state.users.remove_user(container(5), id),
        kind::GROUP_ADDED_E => state.add_group(container(2), id, text(1).into()),
        kind::GROUP_DELETED_E => state.users.remove_group(container(2), id),
        _ => {}
    }
}
