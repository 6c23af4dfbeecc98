//! What demo and serve share: the runtime, the server's life, and the end of it.

use std::error::Error;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use city::open::City;
use tokio::net::TcpListener;
use tokio::runtime::Runtime;
use web::App;

/// Boxed, because a command line only prints it.
pub type Failed = Box<dyn Error>;

/// The runtime the web floor runs on.
pub fn runtime() -> Result<Runtime, Failed> {
    Ok(tokio::runtime::Builder::new_multi_thread().enable_all().build()?)
}

/// Serves until Ctrl-C or SIGTERM, then carries out what waits and closes the city. `beside` runs as long as the server
/// does (townsfolk, chores); it is told to stop first.
pub async fn run(app: Arc<App>, listener: TcpListener, beside: Vec<tokio::task::JoinHandle<()>>) -> Result<(), Failed> {
    web::serve(Arc::clone(&app), listener, stop_signal()).await?;
    for task in beside {
        task.abort();
        // An aborted task says so; there is nothing to do about it.
        task.await.ok();
    }
    close(app).await
}

/// Closes the city once every request has let go of it.
async fn close(mut app: Arc<App>) -> Result<(), Failed> {
    for _ in 0..100 {
        match Arc::try_unwrap(app) {
            Ok(app) => {
                let city: City = app.city;
                tokio::task::spawn_blocking(move || city.close()).await??;
                return Ok(());
            }
            Err(still) => {
                app = still;
                tokio::time::sleep(Duration::from_millis(50)).await;
            }
        }
    }
    // Everything acknowledged is durable; only the last checkpoint is missing, so the next start reads a longer tail.
    tracing::warn!("a connection held on: closing without a last checkpoint");
    Ok(())
}

async fn stop_signal() {
    let interrupt = tokio::signal::ctrl_c();
    #[cfg(unix)]
    {
        let terminate = tokio::signal::unix::signal(tokio::signal::unix::SignalKind::terminate());
        match terminate {
            Ok(mut terminate) => {
                tokio::select! {
                    _ = interrupt => {}
                    _ = terminate.recv() => {}
                }
            }
            Err(error) => {
                tracing::warn!(%error, "SIGTERM can't be listened for");
                interrupt.await.ok();
            }
        }
    }
    #[cfg(not(unix))]
    interrupt.await.ok();
}

/// Binds, or says what is in the way.
pub async fn listen(address: SocketAddr) -> Result<TcpListener, Failed> {
    TcpListener::bind(address).await.map_err(|error| {
        format!("can't listen on {address}: {error}; is another server running? try another --port").into()
    })
}

/// 64 hex digits as a key.
pub fn key(hex: &str) -> Option<[u8; 32]> {
    let hex = hex.trim();
    if hex.len() != 64 || !hex.is_ascii() {
        return None;
    }
    let mut key = [0u8; 32];
    for (index, byte) in key.iter_mut().enumerate() {
        *byte = u8::from_str_radix(&hex[index * 2..index * 2 + 2], 16).ok()?;
    }
    Some(key)
}

/// A key as 64 hex digits.
pub fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_are_64_hex_digits() {
        let key_bytes = [0xab; 32];
        assert_eq!(key(&hex(&key_bytes)), Some(key_bytes));
        for bad in ["", "ab", &"g".repeat(64), &"é".repeat(32)] {
            assert_eq!(key(bad), None);
        }
    }
}
