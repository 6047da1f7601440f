//! Share links: `/share` makes one, `/links` lists them, and what stands before a link's page.

mod dialog;
mod form;
mod links;
mod lock;
mod preview;
mod report;

pub use dialog::{MadeShare, Share, ShareDialog};
pub use form::ShareForm;
pub use links::{LinkLine, LinkView, LinkViews, Links};
pub use lock::{CodeStep, ShareCode, ShareEnded, SharePin};
pub use preview::SharePreview;
pub use report::{ShareReport, ShareReported};
