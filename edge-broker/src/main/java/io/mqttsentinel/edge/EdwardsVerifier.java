package io.mqttsentinel.edge;

import com.nimbusds.jose.JOSEException;
import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.JWSHeader;
import com.nimbusds.jose.JWSVerifier;
import com.nimbusds.jose.crypto.impl.EdDSAProvider;
import com.nimbusds.jose.jwk.Curve;
import com.nimbusds.jose.jwk.OctetKeyPair;
import com.nimbusds.jose.util.Base64URL;
import org.bouncycastle.crypto.params.Ed25519PublicKeyParameters;
import org.bouncycastle.crypto.signers.Ed25519Signer;

/** EdDSA with Ed25519 (RFC 8037) by BouncyCastle; the library's own needs Google's Tink. */
final class EdwardsVerifier extends EdDSAProvider implements JWSVerifier {

  private final Ed25519PublicKeyParameters key;

  EdwardsVerifier(OctetKeyPair key) throws JOSEException {
    if (!Curve.Ed25519.equals(key.getCurve())) {
      throw new JOSEException("the key is not of Ed25519");
    }
    this.key = new Ed25519PublicKeyParameters(key.getDecodedX(), 0);
  }

  @Override
  public boolean verify(JWSHeader header, byte[] signed, Base64URL signature) {
    if (!header.getAlgorithm().equals(JWSAlgorithm.EdDSA)) {
      return false;
    }
    Ed25519Signer verifier = new Ed25519Signer();
    verifier.init(false, key);
    verifier.update(signed, 0, signed.length);
    return verifier.verifySignature(signature.decode());
  }
}
