import java.io.FileInputStream;
import java.security.KeyStore;
import java.util.Base64;

/**
 * java KeyToPem.java KEYSTORE PASSWORD
 *
 * Prints certificate and key of a PKCS #12 keystore as PEM: `keytool` makes such keystores, and gives no key away.
 */
class KeyToPem {
  public static void main(String[] arguments) throws Exception {
    var store = KeyStore.getInstance("PKCS12");
    var password = arguments[1].toCharArray();
    try (var file = new FileInputStream(arguments[0])) {
      store.load(file, password);
    }
    var alias = store.aliases().nextElement();
    print("CERTIFICATE", store.getCertificate(alias).getEncoded());
    print("PRIVATE KEY", store.getKey(alias, password).getEncoded());
  }

  static void print(String kind, byte[] content) {
    System.out.println("-----BEGIN " + kind + "-----");
    System.out.println(Base64.getMimeEncoder(64, new byte[] {'\n'}).encodeToString(content));
    System.out.println("-----END " + kind + "-----");
  }
}
