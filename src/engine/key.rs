//! Keys: everything an answer depends on, comparable across types.

use std::any::Any;
use std::fmt::Debug;
use std::hash::{Hash, Hasher};
use std::sync::Arc;

use super::Weigh;

/// What may be asked of the engine. The value is all that the answer depends on: two equal
/// requests have the same answer.
pub trait Request: Hash + Eq + Clone + Debug + Send + Sync + 'static {
    type Output: Weigh + Send + Sync + 'static;

    /// A few words for the status line: "reading tas".
    fn describe(&self) -> String;
}

/// A request of any type, as the key of one map.
#[derive(Clone)]
pub struct AnyKey(Arc<dyn ErasedKey>);

impl AnyKey {
    pub fn new<R: Request>(request: R) -> Self {
        Self(Arc::new(request))
    }
}

trait ErasedKey: Send + Sync {
    fn as_any(&self) -> &dyn Any;
    fn equals(&self, other: &dyn ErasedKey) -> bool;
    fn hash_into(&self, state: &mut dyn Hasher);
}

impl<R: Request> ErasedKey for R {
    fn as_any(&self) -> &dyn Any {
        self
    }

    fn equals(&self, other: &dyn ErasedKey) -> bool {
        other.as_any().downcast_ref::<R>() == Some(self)
    }

    fn hash_into(&self, mut state: &mut dyn Hasher) {
        std::any::TypeId::of::<R>().hash(&mut state);
        self.hash(&mut state);
    }
}

impl PartialEq for AnyKey {
    fn eq(&self, other: &Self) -> bool {
        self.0.equals(&*other.0)
    }
}

impl Eq for AnyKey {}

impl Hash for AnyKey {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.0.hash_into(state);
    }
}
