package io.mqttsentinel.edge;

import io.micronaut.core.annotation.Nullable;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.security.cert.CertificateParsingException;
import java.security.cert.X509Certificate;
import java.util.HexFormat;
import java.util.List;
import java.util.Objects;
import javax.naming.InvalidNameException;
import javax.naming.ldap.LdapName;
import javax.naming.ldap.Rdn;
import javax.net.ssl.SSLPeerUnverifiedException;
import javax.net.ssl.SSLSession;

/**
 * Who a client is by its certificate, which an authority that we trust has signed.
 *
 * @param subject distinguished name in the form of RFC 2253
 * @param commonName the subject's, or null
 * @param alternativeNames DNS names, mail and IP addresses, URIs
 * @param fingerprint SHA-256 of the certificate, in hexadecimal
 */
record ClientCertificate(
    String subject,
    @Nullable String commonName,
    List<String> alternativeNames,
    String fingerprint) {

  /** Null where the client showed none. */
  @Nullable
  static ClientCertificate of(SSLSession session) {
    try {
      return session.getPeerCertificates()[0] instanceof X509Certificate certificate
          ? of(certificate)
          : null;
    } catch (SSLPeerUnverifiedException e) {
      return null; // that is how a session says that there is none
    }
  }

  static ClientCertificate of(X509Certificate certificate) {
    String subject = certificate.getSubjectX500Principal().getName();
    try {
      return new ClientCertificate(
          subject,
          commonName(subject),
          alternativeNames(certificate),
          HexFormat.of()
              .formatHex(MessageDigest.getInstance("SHA-256").digest(certificate.getEncoded())));
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("a certificate that TLS took cannot be read", e);
    }
  }

  @Nullable
  private static String commonName(String subject) {
    try {
      return new LdapName(subject)
          .getRdns().reversed().stream()
              .filter(rdn -> rdn.getType().equalsIgnoreCase("CN"))
              .map(Rdn::getValue)
              .map(Objects::toString)
              .findFirst()
              .orElse(null);
    } catch (InvalidNameException e) {
      return null; // a name that nobody can ask for
    }
  }

  private static List<String> alternativeNames(X509Certificate certificate)
      throws CertificateParsingException {
    var names = certificate.getSubjectAlternativeNames();
    return names == null
        ? List.of()
        : names.stream()
            .map(List::getLast)
            .filter(String.class::isInstance)
            .map(String.class::cast)
            .toList();
  }
}
