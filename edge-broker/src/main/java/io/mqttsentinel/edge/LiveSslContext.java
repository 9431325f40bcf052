package io.mqttsentinel.edge;

import io.micronaut.core.annotation.Nullable;
import io.netty.buffer.ByteBufAllocator;
import io.netty.handler.ssl.ApplicationProtocolNegotiator;
import io.netty.handler.ssl.SslContext;
import io.netty.util.ReferenceCountUtil;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.security.GeneralSecurityException;
import java.security.PrivateKey;
import java.util.List;
import java.util.concurrent.locks.ReadWriteLock;
import java.util.concurrent.locks.ReentrantReadWriteLock;
import java.util.function.Function;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLSessionContext;

/**
 * What Moquette takes for its one context: hands each new connection an engine of the context that
 * is valid now. Connections keep the one they began with; the last of them frees it.
 */
final class LiveSslContext extends SslContext {

  private final ReadWriteLock lock = new ReentrantReadWriteLock();
  private SslContext current;

  LiveSslContext(SslContext first) {
    this.current = first;
  }

  void replace(SslContext next) {
    SslContext old;
    lock.writeLock().lock(); // nobody takes an engine of the old one while it goes
    try {
      old = current;
      current = next;
    } finally {
      lock.writeLock().unlock();
    }
    ReferenceCountUtil.release(old);
  }

  /** Netty's reader of PKCS #8 keys is for subclasses only. */
  @Nullable
  static PrivateKey privateKey(byte[] pem, @Nullable String password)
      throws GeneralSecurityException, IOException {
    return toPrivateKey(new ByteArrayInputStream(pem), password);
  }

  @Override
  public SSLEngine newEngine(ByteBufAllocator allocator) {
    return with(context -> context.newEngine(allocator));
  }

  @Override
  public SSLEngine newEngine(ByteBufAllocator allocator, String peerHost, int peerPort) {
    return with(context -> context.newEngine(allocator, peerHost, peerPort));
  }

  @Override
  public boolean isClient() {
    return false;
  }

  @Override
  public List<String> cipherSuites() {
    return with(SslContext::cipherSuites);
  }

  @Override
  @SuppressWarnings("deprecation") // Netty's own signature
  public ApplicationProtocolNegotiator applicationProtocolNegotiator() {
    return with(SslContext::applicationProtocolNegotiator);
  }

  @Override
  public SSLSessionContext sessionContext() {
    return with(SslContext::sessionContext);
  }

  private <T> T with(Function<SslContext, T> use) {
    lock.readLock().lock();
    try {
      return use.apply(current);
    } finally {
      lock.readLock().unlock();
    }
  }
}
