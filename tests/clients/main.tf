terraform {
  required_providers {
    aws = { source = "hashicorp/aws" }
  }
}

provider "aws" {
  region                      = "us-east-1"
  skip_credentials_validation = true
  skip_metadata_api_check     = true
  skip_requesting_account_id  = true
}

resource "aws_codeartifact_domain" "acme" {
  domain         = "acme"
  encryption_key = "arn:aws:kms:us-east-1:123456789012:key/11111111-2222-3333-4444-555555555555"
  tags           = { team = "platform" }
}

resource "aws_codeartifact_repository" "store" {
  domain     = aws_codeartifact_domain.acme.domain
  repository = "store"

  external_connections {
    external_connection_name = "public:npmjs"
  }
}

resource "aws_codeartifact_repository" "team" {
  domain      = aws_codeartifact_domain.acme.domain
  repository  = "team"
  description = "What we build"
  tags        = { cost-centre = "42", owner = "platform" }

  upstream {
    repository_name = aws_codeartifact_repository.store.repository
  }
}

resource "aws_codeartifact_domain_permissions_policy" "acme" {
  domain = aws_codeartifact_domain.acme.domain
  policy_document = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Effect    = "Allow"
      Principal = "*"
      Action    = ["codeartifact:CreateRepository", "codeartifact:ListRepositoriesInDomain"]
      Resource  = aws_codeartifact_domain.acme.arn
    }]
  })
}

resource "aws_codeartifact_repository_permissions_policy" "team" {
  domain     = aws_codeartifact_domain.acme.domain
  repository = aws_codeartifact_repository.team.repository
  policy_document = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Effect    = "Allow"
      Principal = "*"
      Action    = "codeartifact:CreateRepository"
      Resource  = aws_codeartifact_domain.acme.arn
    }]
  })
}
