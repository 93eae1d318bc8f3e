Gem::Specification.new do |s|
  s.name = "a".freeze
  s.version = "1.0"
  s.licenses = ["MIT".freeze, %q{Ruby}]
  s.platform = "java"
end
