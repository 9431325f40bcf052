package io.mqttsentinel.edge;

import io.micronaut.core.annotation.Nullable;
import java.net.Socket;
import java.security.Principal;
import java.security.PrivateKey;
import java.security.cert.X509Certificate;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import javax.net.ssl.ExtendedSSLSession;
import javax.net.ssl.SNIHostName;
import javax.net.ssl.SNIServerName;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.X509ExtendedKeyManager;

/** Chooses the certificate for the host that a client asks for (RFC 6066, 3); immutable. */
final class HostCertificates extends X509ExtendedKeyManager {

  /** A certificate with its chain and its key. */
  record Identity(List<X509Certificate> chain, PrivateKey key) {}

  private final Map<String, Identity> byPattern;

  /**
   * @param byPattern host name, {@code *.} and the rest of one, or {@link HostFiles#DEFAULT}
   */
  HostCertificates(Map<String, Identity> byPattern) {
    this.byPattern = Map.copyOf(byPattern);
  }

  @Override
  @Nullable
  public String chooseEngineServerAlias(String keyType, Principal[] issuers, SSLEngine engine) {
    String alias = alias(requestedHost(engine));
    // Called for each kind of key that the client could use.
    return byPattern.get(alias).key().getAlgorithm().startsWith(keyAlgorithm(keyType))
        ? alias
        : null;
  }

  /** "EC_EC" and "EC_RSA" are EC keys signed by this or that. */
  private static String keyAlgorithm(String keyType) {
    int signer = keyType.indexOf('_');
    return signer < 0 ? keyType : keyType.substring(0, signer);
  }

  String alias(@Nullable String host) {
    if (host == null) {
      return HostFiles.DEFAULT;
    }
    String name = host.toLowerCase(Locale.ROOT);
    if (byPattern.containsKey(name) && !name.equals(HostFiles.DEFAULT)) {
      return name;
    }
    int dot = name.indexOf('.');
    String wildcard = dot < 0 ? "" : "*" + name.substring(dot);
    return byPattern.containsKey(wildcard) ? wildcard : HostFiles.DEFAULT;
  }

  @Nullable
  private static String requestedHost(SSLEngine engine) {
    if (engine.getHandshakeSession() instanceof ExtendedSSLSession session) {
      for (SNIServerName name : session.getRequestedServerNames()) {
        if (name instanceof SNIHostName host) {
          return host.getAsciiName();
        }
      }
    }
    return null;
  }

  @Override
  @Nullable
  public X509Certificate[] getCertificateChain(String alias) {
    Identity identity = byPattern.get(alias);
    return identity == null ? null : identity.chain().toArray(X509Certificate[]::new);
  }

  @Override
  @Nullable
  public PrivateKey getPrivateKey(String alias) {
    Identity identity = byPattern.get(alias);
    return identity == null ? null : identity.key();
  }

  @Override
  public String[] getServerAliases(String keyType, Principal[] issuers) {
    return byPattern.keySet().toArray(String[]::new);
  }

  @Override
  public String chooseServerAlias(String keyType, Principal[] issuers, Socket socket) {
    throw new UnsupportedOperationException("the edge has engines, no sockets");
  }

  @Override
  public String[] getClientAliases(String keyType, Principal[] issuers) {
    throw new UnsupportedOperationException("the edge is no client");
  }

  @Override
  public String chooseClientAlias(String[] keyType, Principal[] issuers, Socket socket) {
    throw new UnsupportedOperationException("the edge is no client");
  }
}
