use std::collections::BTreeSet;

use proptest::prelude::*;

use super::*;

proptest! {
    /// The sliding count equals counting every group by itself.
    #[test]
    fn distinct_counts_are_those_of_each_group(
        moments in prop::collection::vec((0u64..40, 0u64..6), 1..40),
        within in 0u64..20,
    ) {
        let mut times = Times::default();
        for &(time, what) in &moments {
            times.insert(time, what, usize::MAX);
        }
        let (time, _) = moments[moments.len() / 2];
        let starts = moments.iter().map(|m| m.0).filter(|&s| s <= time && s + within >= time);
        let naive = starts.map(|start| {
            let group = moments.iter().filter(|m| (start..=start + within).contains(&m.0));
            group.map(|m| m.1).collect::<BTreeSet<_>>().len()
        });
        let found = times.distinct_around(time, within).map(|cluster| cluster.count as usize);
        prop_assert_eq!(found, naive.max());
    }
}
