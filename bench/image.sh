#!/usr/bin/env bash
# Builds one benchmark image, as an OCI layout (gzip layers) and as a docker-archive.
# Usage: bench/image.sh NAME WORK
set -euo pipefail
name=$1
work=$2
[ -f "$work/$name.tar" ] && { echo "    $name is there already"; exit; }
echo "    $name"

stage=$work/stage-$name
layout=$work/$name.building
rm -rf "$stage" "$layout"
mkdir -p "$stage"

# debian PACKAGES: the base layer.
debian() {
  mmdebstrap --quiet --variant=minbase --include="$1" bookworm "$stage/base.tar" http://deb.debian.org/debian
  umoci init --layout "$layout"
  umoci new --image "$layout:$name"
  umoci raw add-layer --image "$layout:$name" --history.created_by "mmdebstrap $1" "$stage/base.tar"
  rm "$stage/base.tar"
}

# layer SOURCE TARGET CREATED_BY: one more layer.
layer() {
  umoci insert --image "$layout:$name" --history.created_by "$3" "$1" "$2"
}

python_packages() {
  python3 -m pip install --quiet --root-user-action=ignore --no-compile --only-binary=:all: \
    --python-version 3.11 --implementation cp --abi cp311 --abi abi3 --abi none \
    --platform "manylinux_2_28_$(uname -m)" --platform "manylinux_2_17_$(uname -m)" \
    --platform "manylinux2014_$(uname -m)" --platform "manylinux2010_$(uname -m)" \
    --target "$stage/py" "$@"
  layer "$stage/py" /usr/local/lib/python3.11/dist-packages "RUN pip install $*"
}

node_packages() {
  mkdir -p "$stage/node"
  (cd "$stage/node" && npm init -y >/dev/null &&
    npm install --silent --no-audit --no-fund --ignore-scripts --legacy-peer-deps "$@" >/dev/null)
  layer "$stage/node" /srv/app "RUN npm install $*"
}

# Debian's jars, packed once more into a war: jars inside an archive inside a layer.
java_application() {
  mkdir -p "$stage/jars" "$stage/war/WEB-INF/lib" "$stage/java"
  (cd "$stage/jars" && apt-get download -qq libspring-web-java libspring-core-java libspring-beans-java \
    libjackson2-databind-java libjackson2-core-java libcommons-lang3-java libguava-java libtomcat9-java \
    libhibernate-validator-java liblog4j2-java libnetty-java libh2-java >/dev/null)
  for package in "$stage"/jars/*.deb; do dpkg-deb -x "$package" "$stage/jars/root"; done
  find "$stage/jars/root" -type f -name '*.jar' -exec cp {} "$stage/war/WEB-INF/lib/" \;
  (cd "$stage/war" && python3 -m zipfile -c ../java/shop.war WEB-INF)
  cp "$stage/war/WEB-INF/lib/"*.jar "$stage/java/"
  layer "$stage/java" /srv/java "COPY target/ /srv/java/"
}

case $name in
pyapp)
  debian python3-minimal
  python_packages numpy==1.26.4 scipy==1.13.1 pandas==2.2.2 scikit-learn==1.5.1 matplotlib==3.9.2 \
    pyarrow==17.0.0 opencv-python-headless==4.10.0.84 django==4.2 flask==2.2 requests==2.28 cryptography==41.0.0
  ;;
nodeapp)
  debian ca-certificates
  node_packages react-scripts@5.0.1 express@4.18 webpack@5.75 lodash@4.17.20 jest@29 typescript@5.4
  ;;
big)
  debian openjdk-17-jre-headless,python3-minimal,git,gcc,perl,docker-registry,skopeo
  python_packages numpy==1.26.4 scipy==1.13.1 pandas==2.2.2 scikit-learn==1.5.1 pyarrow==17.0.0 \
    tensorflow-cpu==2.16.2 opencv-python-headless==4.10.0.84
  node_packages react-scripts@5.0.1 express@4.18 webpack@5.75 lodash@4.17.20 jest@29 typescript@5.4 \
    @angular/cli@17 next@14.2.3 vite@5
  java_application
  ;;
*)
  echo "no image is called '$name'" >&2
  exit 2
  ;;
esac
umoci gc --layout "$layout"
rm -rf "$stage" "${work:?}/$name"
mv "$layout" "$work/$name"
skopeo copy --quiet "oci:$work/$name:$name" "docker-archive:$work/$name.tar:$name:latest"
