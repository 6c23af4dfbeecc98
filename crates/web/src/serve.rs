//! Serving until told to stop, then letting what is under way finish.

use std::future::Future;
use std::net::SocketAddr;
use std::sync::Arc;

use axum::serve::ListenerExt;
use tokio::net::TcpListener;

use crate::App;
use crate::router::router;
use crate::watch;

/// Serves on a listener until `stop` resolves. Live streams are told to end; other requests finish.
pub async fn serve(
    app: Arc<App>,
    listener: TcpListener,
    stop: impl Future<Output = ()> + Send + 'static,
) -> std::io::Result<()> {
    let routes = router(Arc::clone(&app)).into_make_service_with_connect_info::<SocketAddr>();
    let listener = listener.tap_io(|stream| {
        // Answers are small: waiting to fill a packet would only add delay.
        if let Err(error) = stream.set_nodelay(true) {
            tracing::debug!(%error, "no TCP_NODELAY");
        }
    });
    let closing = async move {
        stop.await;
        app.close();
    };
    axum::serve(listener, routes).with_graceful_shutdown(closing).await
}

/// Serves what is for operators alone (numbers, and whether the server is well) until the task is ended.
pub async fn serve_operators(app: Arc<App>, listener: TcpListener) -> std::io::Result<()> {
    axum::serve(listener, watch::operators(&app)).await
}
